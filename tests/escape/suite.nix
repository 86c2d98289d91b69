# Every attempt as a derivation of its own: it is built if the attempt seems to have succeeded.
# `work` is a folder made by ./run.
{ work }:
let
  input = builtins.path {
    path = work + "/input";
    name = "input";
  };
  attempt = builtins.path {
    path = work + "/attempt";
    name = "attempt";
  };
  some = derivation {
    name = "some";
    system = builtins.currentSystem;
    builder = "none";
  };
in
builtins.listToAttrs (
  map (a: {
    inherit (a) name;
    value = derivation (
      import (work + "/facts.nix")
      // {
        name = "escape-${a.name}";
        system = builtins.currentSystem;
        builder = attempt;
        args = [ a.name ];
        INPUT = input;
        DRV = builtins.unsafeDiscardOutputDependency some.drvPath;
      }
      // (
        if a.fixed then
          {
            outputHashMode = "flat";
            outputHashAlgo = "sha256";
            # Of "escaped" and a line end.
            outputHash = "e3d7a28a2d9eacd388106bb38690a17b50380681d7e41922898aed6b4b782ae7";
          }
        else
          { }
      )
    );
  }) (import (work + "/list.nix"))
)
