# Every derivation by which bc and Nix are compared, as one flat set. `floating` needs Nix's
# experimental feature ca-derivations.
let
  lib = import ./lib.nix;
  prefixed =
    prefix: set:
    builtins.listToAttrs (
      map (name: {
        name = prefix + "-" + name;
        value = set.${name};
      }) (builtins.attrNames set)
    );
in
prefixed "content" (import ./content.nix lib)
// prefixed "environment" (import ./environment.nix lib)
// prefixed "inputs" (import ./inputs.nix lib)
// prefixed "sources" (import ./sources.nix lib)
// prefixed "fixed" (import ./fixed.nix lib)
// prefixed "self" (import ./self.nix lib)
// prefixed "passed" (import ./passed.nix lib)
// prefixed "structured" (import ./structured.nix lib)
// prefixed "checks" (import ./checks.nix lib)
// prefixed "floating" (import ./floating.nix lib)
