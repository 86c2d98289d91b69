# The default.nix of NixCommandsTest.
{ suffix ? "" }:
let
  d = name: deps: derivation {
    inherit name deps;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    outputs = [ "out" "dev" ];
    PATH = "/bin:/usr/bin";
    greeting = "it's ${name}";
    args = [ "-c" "echo building ${name}; echo $deps > $out; echo $out > $dev" ];
    __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
  } // {
    meta = { description = "The ${name} package"; list = [ "a" 1 ]; };
  };
in rec {
  a = d "a-1.0${suffix}" [ ];
  b = d "b-2.1" [ a ];
  c = d "c_x-3" [ a b.dev ];
  n = 1 + 1;
  l = [ 1 (1 + 1) "x" ];
  bad = throw "this one is bad";
  broken = derivation { name = "broken-1"; system = "x86_64-linux"; builder = throw "nope"; };
  fails = derivation {
    name = "fails";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" "exit 3" ];
    __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
  };
  deep = { recurseForDerivations = true; B = d "B-9" [ ]; };
}
