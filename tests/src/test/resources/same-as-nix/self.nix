# Outputs that refer to themselves.
{ sh, repeat }:
let
  chunk = 1048576;
  # A file with $out's hash part at an offset.
  at =
    offset: size:
    sh {
      name = "at-${toString offset}";
      script = ''
        hash=''${out#/nix/store/}
        hash=''${hash%%-*}
        yes filler | head -c ${toString offset} >$out
        printf %s $hash >>$out
        yes rest | head -c ${toString (size - offset - 32)} >>$out
      '';
    };
in
{
  text = sh {
    name = "text";
    script = "echo $out >$out";
  };
  link = sh {
    name = "link";
    script = "mkdir $out; ln -s $out/target $out/link; ln -s $out $out/self; echo x >$out/target";
  };
  itself-a-link = sh {
    name = "itself-a-link";
    script = "ln -s $out/inside $out";
  };
  odd-offset = at 12345 20000;
  at-the-start = at 0 1000;
  at-the-end = at 968 1000;
  across-a-border = at (chunk - 7) (chunk + 5000);
  before-a-border = at (chunk - 32) (chunk + 5000);
  after-a-border = at chunk (chunk + 5000);
  across-the-second-border = at (2 * chunk - 31) (2 * chunk + 100);
  many = sh {
    name = "many";
    script = ''
      mkdir $out
      i=0
      while [ $i -lt 5000 ]; do echo "$i $out/share/$i"; i=$((i + 1)); done >$out/list
      printf %s%s%s $out $out $out >$out/adjacent
      printf '#!/bin/sh\necho %s\n' $out >$out/run
      chmod +x $out/run
    '';
  };
  hash-alone = sh {
    name = "hash-alone";
    script = "hash=\${out#/nix/store/}; echo \${hash%%-*} >$out";
  };
  between-outputs = sh {
    name = "between-outputs";
    outputs = [
      "out"
      "lib"
    ];
    script = ''
      mkdir $out $lib
      echo $out $lib >$out/both
      echo $lib >$lib/own
    '';
  };
  with-an-input = sh {
    name = "with-an-input";
    input = builtins.toFile "input" "input\n";
    script = "echo $out $input $out >$out";
  };
}
