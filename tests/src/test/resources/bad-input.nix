# What goes wrong, one attribute each.
let
  lib = import ./same-as-nix/lib.nix;
in
{
  missing-attribute = { }.missing;
  infinite-recursion =
    let
      x = x;
    in
    x;
  wrong-hash = lib.sh {
    name = "wrong-hash";
    script = "echo other >$out";
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    outputHash = "0000000000000000000000000000000000000000000000000000000000000000";
  };
  fails = lib.sh {
    name = "fails";
    script = "echo last words; exit 3";
  };
  no-output = lib.sh {
    name = "no-output";
    script = ":";
  };
  no-builder = derivation {
    name = "no-builder";
    system = builtins.currentSystem;
    builder = "/nowhere/builder";
  };
  not-admitted = derivation {
    name = "not-admitted";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    __impureHostDeps = [ "/root" ];
  };
  a-fifo = lib.sh {
    name = "a-fifo";
    script = "mkfifo $out";
  };
  forbidden-reference = lib.sh {
    name = "forbidden-reference";
    input = builtins.toFile "input" "input";
    allowedReferences = [ ];
    script = "echo $input >$out";
  };
  input-fails = lib.sh {
    name = "input-fails";
    input = lib.sh {
      name = "the-input";
      script = "exit 1";
    };
    script = "echo never >$out";
  };
  # Builders that wait; the argument tells them from those of other tests.
  waits =
    marker:
    lib.sh {
      name = "waits";
      script = "echo begun; exec sleep ${marker}";
    };
  # More than the disk of the test holds, and not to be compressed or shared.
  too-large = lib.sh {
    name = "too-large";
    script = "head -c 64M /dev/urandom >$out";
  };
  small =
    text:
    lib.sh {
      name = "small";
      script = "mkdir $out; echo ${text} >$out/text; echo $out >$out/self";
    };
}
