# Packages with and without a place where they are defined, made in the working folder.
cat > p.nix <<'N'
let d = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; }; in {
  here = d "x" // { meta.position = toString ./p.nix + ":2"; };
  none = d "y";
  odd = d "y" // { meta.position = toString ./p.nix; };
  bad = d "y" // { meta.position = toString ./p.nix + ":x"; };
  fails = d "y" // { meta.position = throw "no"; };
  missing = throw "oh";
}
N
