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
  # Names against which the medians of a quicksort fail, each twice (Musser 1997, section 2).
  order =
    let
      digits = n: builtins.substring 1 3 (toString (1000 + n));
      odd = n: n - 2 * (n / 2) == 1;
      key = n: (if n > 200 then 2 * (n - 200) else if odd n then n else 199 + n) / 2;
    in
    builtins.listToAttrs (
      builtins.genList (n: {
        name = "p" + digits n;
        value = derivation {
          name = "x" + digits (key (n + 1)) + "-1";
          system = builtins.currentSystem;
          builder = "/bin/sh";
        };
      }) 400
    );
}
