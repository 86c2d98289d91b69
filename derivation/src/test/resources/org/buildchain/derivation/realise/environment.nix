# What builders see. The files <attribute>.txt are the outputs that Nix 2.26.3 built, sandboxed, with
#   BC_TEST_VARIABLE=host nix-build --option cores 3 environment.nix -A <attribute>
# (of `fixed`, which fails, the output that it left), environment.drvs their derivations.
let
  base = { system = "x86_64-linux"; builder = "/bin/sh"; };
  dep = derivation (base // { name = "dep"; args = [ "-c" "echo dep > $out" ]; });
  lib = derivation (base // { name = "lib"; args = [ "-c" "echo uses ${dep} > $out" ]; });
  dump = "export -p > $out; for f in /build/.attr* /build/[a-z]*; do if [ -e $f ]; then echo \"== $f\" >> $out; while IFS= read -r l || [ -n \"$l\" ]; do printf '%s\\n' \"$l\" >> $out; done < $f; fi; done";
in {
  plain = derivation (base // { name = "plain-env"; args = [ "-c" dump ]; x = "a b"; empty = ""; outputs = [ "out" ]; self = builtins.placeholder "out"; });
  pass = derivation (base // { name = "pass-env"; args = [ "-c" dump ]; passAsFile = [ "text" "other" ]; text = "much text\n${builtins.placeholder "out"}\n"; other = "no newline"; });
  graph = derivation (base // { name = "graph-env"; args = [ "-c" dump ]; exportReferencesGraph = [ "closure" lib "one" dep ]; });
  fixed = derivation (base // { name = "fixed-env"; args = [ "-c" "o=$out; unset out; export -p > $o" ]; outputHashAlgo = "sha256"; outputHash = "0000000000000000000000000000000000000000000000000000"; impureEnvVars = [ "BC_TEST_VARIABLE" "BC_TEST_UNSET" ]; });
  structured = derivation (base // {
    name = "structured-env"; __structuredAttrs = true;
    args = [ "-c" ". $NIX_ATTRS_SH_FILE; out=\${outputs[out]}; ${dump}; echo x > ${builtins.placeholder "dev"}" ];
    outputs = [ "out" "dev" ];
    exportReferencesGraph.closure = [ lib ];
    string = "it's \"quoted\" \\ and\nlines\ttab"; int = 42; negative = -7; big = 3000000000; float = 0.25; whole = 2.0; huge = 1.0e30;
    yes = true; no = false; nothing = null; list = [ 1 "two" true null ]; mixed = [ [ 1 ] ]; emptyList = [ ]; emptySet = { };
    set = { a = 1; "b c" = "d'e"; f = null; }; nested = { a.b = 1; }; "not-a-variable" = 1; utf8 = "grüße";
    control = builtins.fromJSON "\"\\u0002\\u001f\\b\\f\"";
    self = builtins.placeholder "dev";
  });
}
