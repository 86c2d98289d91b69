# A flake with packages to search, made in the working folder.
mkdir f
cat > f/flake.nix <<'N'
{
  outputs = { self }:
    let
      drv = name: description: {
        inherit name;
        type = "derivation";
        meta = if description == null then { } else { inherit description; };
      };
    in {
      packages.x86_64-linux = {
        hello = drv "hello-2.12" "A program that prints a greeting";
        world = drv "world" null;
        two-lines = drv "lines-1.0-beta" "one line\nand another";
        nested.inner = drv "inner-1" "not looked at";
      };
      packages.aarch64-linux.other = drv "other-1" "for another system";
      legacyPackages.x86_64-linux = {
        editor = drv "vi-9" "Edits text";
        broken = throw "not here";
        broken-name = drv (throw "no name") "x";
        python = { recurseForDerivations = true; numpy = drv "python-numpy-2.1" "Numbers"; };
        ruby = { numpy = drv "ruby-numpy-2.1" "Numbers"; };
        text = "not a package";
      };
      lib.x = drv "library-3" "outside";
    };
}
N
cat > plain.nix <<'N'
{
  a = { type = "derivation"; name = "alpha-1"; meta.description = "first"; };
  b = { recurseForDerivations = true; c = { type = "derivation"; name = "gamma-3"; }; };
}
N
