# Derivations with bash as their builder, and a stdenv, made in the working folder.
mkdir stdenv f
cat > stdenv/setup <<'N'
PATH=/bin:/usr/bin
plainFunction() { echo "plain $1 } {"; }
nested() {
  inner() { cat <<X
  here } document
X
  }
  inner
}
list=("a b" c "d'e")
declare -A table=([key]=value ["two words"]="x y")
declare -i number=7
text="first
declare -x fake='no'
last"
export exported=$'tab\tand \\ backslash'
unset PATH_SEPARATOR
genericBuild() { echo built; }
buildPhase() { echo "building $name"; }
runHook() { "$1"; }
N
cat > env.nix <<'N'
let
  one = name: attrs:
    derivation ({
      inherit name; system = "x86_64-linux";
      builder = "/bin/bash"; args = [ "-c" "exit 1" ]; PATH = "/bin:/usr/bin";
      __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ]; outputs = [ "out" ];
    } // attrs);
in {
  plain = one "plain" {
    word = "a b"; quoted = "it's \"q\" \\ \$x \t tab\nline"; yes = true; none = null;
    shellHook = "echo hook in $word"; outputs = [ "out" "dev" ];
    refer = builtins.placeholder "out"; disallowedReferences = [ "out" ];
  };
  std = one "std" { stdenv = ./stdenv; };
  structured = one "structured" {
    __structuredAttrs = true; list = [ "a" "b c" ]; map = { x = 1; y = "z"; };
    flag = true; outputs = [ "out" "dev" ];
  };
  sh = one "sh" { builder = "/bin/sh"; };
}
N
cp -r stdenv env.nix f/
cat > f/flake.nix <<'N'
{
  outputs = { self }:
    let all = import ./env.nix; in {
      packages.x86_64-linux.default = all.plain;
      packages.x86_64-linux.other = all.std;
      devShells.x86_64-linux.default = all.std;
    };
}
N
