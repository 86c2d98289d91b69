# __structuredAttrs: attributes as JSON and as shell variables. The files are named by their places,
# since Nix 2.8 has those of the host in NIX_ATTRS_JSON_FILE and NIX_ATTRS_SH_FILE.
{ sh, ... }:
let
  base = sh {
    name = "structured-base";
    script = "echo base >$out";
  };
  use =
    attrs:
    sh (
      {
        __structuredAttrs = true;
        builder = "/bin/bash";
        args = [
          "-ec"
          (
            ''
              . /build/.attrs.sh
              out=''${outputs[out]}
            ''
            + attrs.script
          )
        ];
      }
      // attrs
    );
  value = {
    int = 1;
    negative = -2;
    float = 1.5;
    tiny = 1.0e-7;
    big = 1.0e20;
    string = "quotes \" and \\ and \n and \t and ' and $x";
    unicode = "äöü 日本語";
    yes = true;
    no = false;
    nothing = null;
    list = [
      1
      "two"
      null
      [ 3 ]
      { four = 4; }
    ];
    empty-list = [ ];
    empty-set = { };
    nested.deeper.deepest = "here";
  };
in
{
  json = use {
    name = "json";
    inherit value;
    script = "PATH=/usr/bin:/bin; cat /build/.attrs.json >$out";
  };
  # (Nix 2.8 makes an int of `big` here.)
  shell = use (
    removeAttrs value [ "big" ]
    // {
      name = "shell";
      script = "PATH=/usr/bin:/bin; cat /build/.attrs.sh >$out";
    }
  );
  arrays = use {
    name = "arrays";
    words = [
      "a b"
      "c'd"
      "$e"
    ];
    table = {
      one = "1 1";
      two = "2";
    };
    script = ''printf '%s\n' "''${words[@]}" "''${table[one]}" "''${table[two]}" >$out'';
  };
  outputs = use {
    name = "outputs";
    outputs = [
      "out"
      "dev"
    ];
    script = ''PATH=/usr/bin:/bin; echo "$out" >''${outputs[dev]}; mkdir $out'';
  };
  references = use {
    name = "references";
    list = [
      base
      "${base}/x"
    ];
    script = ''printf '%s\n' "''${list[@]}" >$out'';
  };
  graph = use {
    name = "graph";
    exportReferencesGraph.closure = [ base ];
    exportReferencesGraph.two = [
      base
      (builtins.toFile "other" "other\n")
    ];
    script = ''
      PATH=/usr/bin:/bin
      # Nix 2.26 says so of every path, 2.8 of none.
      sed 's/,"valid":true//g' /build/.attrs.json >$out
    '';
  };
}
