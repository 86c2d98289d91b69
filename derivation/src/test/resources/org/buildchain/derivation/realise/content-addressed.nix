# Content-addressed derivations. The paths in ContentAddressedTest are what Nix 2.26.3 built, sandboxed, with
#   nix-build --extra-experimental-features 'ca-derivations impure-derivations' ca.nix -A <attribute>
let
  ca = name: script: more: derivation ({ system = "x86_64-linux"; builder = "/bin/sh"; inherit name; args = [ "-c" script ]; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; } // more);
in rec {
  plain = ca "ca-plain" "echo content > $out" { };
  self = ca "ca-self" "echo self $out and again $out > $out" { };
  other = ca "ca-plain" "echo content > $out; :" { };
  scratch = ca "ca-scratch" "echo $out; echo content > $out" { };
  flat = ca "ca-flat" "echo content > $out" { outputHashMode = "flat"; outputHashAlgo = "sha512"; };
  user = ca "ca-user" "echo uses ${plain} > $out" { };
  otherUser = ca "ca-user" "echo uses ${other} > $out" { };
  many = ca "ca-many" "echo \"out $out\" > $out; echo \"dev $dev and $out\" > $dev; echo \"doc $dev\" > $doc" { outputs = [ "out" "dev" "doc" ]; };
  deferred = derivation { system = "x86_64-linux"; builder = "/bin/sh"; name = "deferred"; args = [ "-c" "echo ${plain} > $out" ]; };
  deferredOther = derivation { system = "x86_64-linux"; builder = "/bin/sh"; name = "deferred"; args = [ "-c" "echo ${other} > $out" ]; };
}
