# Derivations that depend on others.
{ sh, ... }:
let
  step =
    name: input:
    sh {
      name = "chain-" + name;
      inherit input;
      script = ''echo "${name} after $input" >$out; cat $input >>$out'';
    };
  chain = builtins.foldl' (input: name: step name input) (builtins.toFile "start" "start\n") [
    "one"
    "two"
    "three"
    "four"
    "five"
  ];
  base = sh {
    name = "base";
    script = "mkdir $out; echo base >$out/file";
  };
  side =
    name:
    sh {
      name = "side-" + name;
      inherit base;
      script = "mkdir $out; ln -s $base $out/base; echo ${name} >$out/name";
    };
  several = sh {
    name = "several";
    outputs = [
      "out"
      "dev"
      "doc"
    ];
    script = ''
      mkdir $out $dev $doc
      echo "$out" >$dev/refers-to-out
      echo doc >$doc/alone
      echo out >$out/alone
    '';
  };
in
{
  inherit chain base several;
  chain-link = step "again" chain;
  diamond = sh {
    name = "diamond";
    left = side "left";
    right = side "right";
    script = "mkdir $out; ln -s $left $out/left; ln -s $right $out/right";
  };
  not-kept = sh {
    name = "not-kept";
    inherit base;
    script = "cat $base/file >$out";
  };
  one-output-of-several = sh {
    name = "one-output-of-several";
    dev = several.dev;
    script = "ln -s $dev $out";
  };
  all-outputs-of-several = sh {
    name = "all-outputs-of-several";
    all = several.all;
    script = "echo $all >$out";
  };
  other-default-output = sh {
    name = "other-default-output";
    outputs = [
      "bin"
      "out"
      "man"
    ];
    script = ''
      mkdir -p $bin/bin $out/lib
      echo "$out/lib" >$bin/bin/uses
      echo page >$man
    '';
  };
  no-out = sh {
    name = "no-out";
    outputs = [
      "lib"
      "data"
    ];
    script = "echo lib >$lib; echo data $lib >$data";
  };
  derivation-as-input = sh {
    name = "derivation-as-input";
    drv = base.drvPath;
    script = "echo $drv >$out; head -c 6 $drv >>$out; test -e ${base}";
  };
  derivation-file-only = sh {
    name = "derivation-file-only";
    drv = builtins.unsafeDiscardOutputDependency base.drvPath;
    script = "cat $drv | wc -c >$out";
  };
  context-discarded = sh {
    name = "context-discarded";
    path = builtins.unsafeDiscardStringContext "${base}";
    script = "echo \${path##*/} >$out; test ! -e $path";
  };
  context-in-a-substring = sh {
    name = "context-in-a-substring";
    part = builtins.substring 0 20 "${base}";
    script = "echo $part >$out; ls -d $part* >>$out";
  };
  placeholders = sh {
    name = "placeholders";
    outputs = [
      "out"
      "dev"
    ];
    flags = "--prefix=${placeholder "out"} --includedir=${placeholder "dev"}/include";
    script = ''
      test "$flags" = "--prefix=$out --includedir=$dev/include"
      echo "$flags" >$out
      echo dev >$dev
    '';
  };
  text-with-references = sh {
    name = "text-with-references";
    text = builtins.toFile "with-references" "base text ${./src/file}\n";
    script = "cat $text >$out";
  };
  imported = sh {
    name = "imported";
    value = builtins.readFile (sh {
      name = "read-at-evaluation";
      script = "printf built-while-evaluating >$out";
    });
    more =
      (import (sh {
        name = "expression";
        script = "echo '{ x = \"from an expression\"; }' >$out";
      })).x;
    script = "echo $value $more >$out";
  };
}
