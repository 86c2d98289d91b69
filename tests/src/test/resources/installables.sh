# Files that commands of the tests name, made in the working folder.
cat > default.nix <<'N'
{ greeting ? "hello" }:
let
  drv = name: outputs: derivation {
    inherit name outputs;
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" "for o in $outputs; do eval echo > \${!o}; done" ];
  };
in rec {
  inherit greeting;
  one = drv "one" [ "out" ];
  many = drv "many" [ "out" "dev" "man" ];
  some = many // { meta.outputsToInstall = [ "out" "man" ]; };
  picked = many.dev // { outputSpecified = true; };
  bad = many // { meta.outputsToInstall = [ "doc" ]; };
  set = { recurseForDerivations = true; inherit one many; };
  list = [ one "text" ];
  text = "${many.man}";
  nested.a."b.c" = [ 1 { d = 2; } ];
  call = { x ? 1 }: { inherit x; };
  fails = throw "no value";
  pathOf = ./default.nix;
}
N
echo '{ value = 1; here = ./.; }' > plain.nix
echo '1 +' > broken.nix
mkdir -p folder path/known
echo '{ inFolder = true; }' > folder/default.nix
echo '{ found = "known"; }' > path/known/default.nix
