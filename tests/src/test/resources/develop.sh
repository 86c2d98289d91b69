# Derivations whose builder is bash, and a flake with one, made in the working folder.
# Nix had no nixpkgs to take a bash from; that it says so is left out of the transcript.
cat > d.nix <<'N'
let
  one = name: attrs:
    derivation ({
      inherit name; system = "x86_64-linux"; builder = "/bin/bash"; args = [ "-c" "exit 1" ];
      outputs = [ "out" ];
      PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
    } // attrs);
in {
  plain = one "plain" { word = "a b"; shellHook = "echo hook"; };
  phases = one "phases" {
    shellHook = ''
      PATH=/bin:/usr/bin
      runHook() { eval "''${!1:-$1}"; }
      installPhase() { mkdir -p "$out" && echo made > "$out/x"; echo "installed $foundMakefile"; }
    '';
    unpackPhase = "echo unpacking"; configurePhase = "echo configuring; false";
    buildPhase = "echo building $name"; checkPhase = "echo checking; exit 5";
    installCheckPhase = "echo checking what is installed"; ownPhase = "echo own";
  };
  structured = one "structured" {
    __structuredAttrs = true; list = [ "a" "b c" ]; outputs = [ "out" "dev" ];
  };
  other = one "other" { builder = "/bin/sh"; };
}
N
mkdir flake
{
  echo '{ outputs = _: { devShells.x86_64-linux = {'
  echo 'default = derivation { name = "shell"; system = "x86_64-linux"; builder = "/bin/bash";'
  echo 'PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];'
  echo 'outputs = [ "out" ]; buildPhase = "echo from the flake";'
  echo 'shellHook = "runHook() { eval \"\${!1}\"; }"; }; }; }; }'
} > flake/flake.nix
