# `n` derivations that do next to nothing, independent of each other. `tag` makes them new.
{ n, tag }:
builtins.genList (
  i:
  derivation {
    name = "trivial-${toString i}";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [
      "-c"
      "echo ${toString i} ${tag} > $out"
    ];
    __impureHostDeps = [
      "/bin"
      "/lib"
      "/lib64"
      "/usr"
    ];
  }
) (builtins.fromJSON n)
