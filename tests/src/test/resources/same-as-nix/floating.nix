# Outputs that are named by their content after they are built.
{ sh, ... }:
let
  floating =
    attrs:
    sh (
      {
        __contentAddressed = true;
        outputHashMode = "recursive";
        outputHashAlgo = "sha256";
      }
      // attrs
    );
  text = floating {
    name = "ca-text";
    script = "echo content >$out";
  };
  # Another derivation, the same content.
  same-text = floating {
    name = "ca-text";
    how = "another way";
    script = "echo content >$out";
  };
in
{
  inherit text same-text;
  folder = floating {
    name = "ca-folder";
    script = "mkdir -p $out/a; echo x >$out/a/b; ln -s a/b $out/link";
  };
  chain = floating {
    name = "ca-chain";
    input = floating {
      name = "ca-middle";
      inherit text;
      script = "mkdir $out; ln -s $text $out/text";
    };
    script = "mkdir $out; ln -s $input $out/input; cat $input/text >$out/copy";
  };
  # After the first has been built, the second needs no build.
  user = floating {
    name = "ca-user";
    input = text;
    script = "echo $input >$out";
  };
  same-user = floating {
    name = "ca-user";
    input = same-text;
    script = "echo $input >$out";
  };
  outputs = floating {
    name = "ca-outputs";
    outputs = [
      "out"
      "dev"
    ];
    script = "mkdir $out; echo $out >$dev";
  };
  input-addressed-user = sh {
    name = "input-addressed-user";
    inherit text;
    script = "echo $text >$out";
  };
  flat = floating {
    name = "ca-flat";
    outputHashMode = "flat";
    script = "echo flat >$out";
  };
  sha512 = floating {
    name = "ca-sha512";
    outputHashAlgo = "sha512";
    script = "echo sha512 >$out";
  };
  placeholder-in-attribute = floating {
    name = "ca-placeholder";
    flag = "--prefix=${placeholder "out"}";
    script = ''test "$flag" = "--prefix=$out"; mkdir $out'';
  };
}
