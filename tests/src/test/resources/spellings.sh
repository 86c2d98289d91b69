# What commands of the tests name, made in the working folder.
cat > p.nix <<'N'
let
  lib = builtins.toFile "lib" "library";
  dep = builtins.toFile "dep" "needs ${lib}";
in {
  top = builtins.toFile "top" "uses ${dep} and ${lib}";
  drv = derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo a" ]; outputs = [ "out" "dev" ]; src = lib; };
}
N
mkdir input locked
echo '{ outputs = _: { x = 1; }; }' > input/flake.nix
echo "{ inputs.a.url = \"path:$PWD/input\"; outputs = { a, ... }: { inherit (a) x; }; }" > locked/flake.nix
