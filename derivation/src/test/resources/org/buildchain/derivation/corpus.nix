# Derivations of every kind. Each line of corpus.drvs is the base name and the text of a file that
# Nix 2.26.3 wrote for them:
#   nix-instantiate --extra-experimental-features 'ca-derivations impure-derivations' corpus.nix
let
  base = { system = "x86_64-linux"; builder = "/bin/sh"; };
  make = name: more: derivation (base // { inherit name; } // more);
  fixed = name: algo: mode: hash:
    make name { outputHashAlgo = algo; outputHashMode = mode; outputHash = hash; };
  sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
in rec {
  plain = make "plain" { };
  arguments = make "arguments" { args = [ "-c" "echo > $out" "" "a\"b\\c\nd\re\tf" ]; };
  escapes = make "escapes" { text = "quote \" backslash \\ newline \n return \r tab \t dollar \${x} bell"; "strange \"name\"" = "1"; };
  utf8 = make "utf8" { text = "grüße, 世界 🐚"; };
  empty = make "empty" { a = ""; b = [ ]; c = false; d = null; };
  numbers = make "numbers" { a = 1; b = true; c = [ 1 2 "x" [ 3 ] ]; d = 1.5; };
  longName = make "a-very-long-name-with+plus_under.dot?query=equals-0123456789" { };
  otherSystem = make "other-system" { system = "aarch64-linux"; };
  builtinFetch = make "builtin" { builder = "builtin:fetchurl"; url = "http://example.org/x"; };
  source = make "source" { src = builtins.toFile "hello.txt" "hello\n"; };
  sources = make "sources" { src = builtins.toFile "b.txt" "b"; src2 = builtins.toFile "a.txt" "a"; };
  textWithReference = make "text-with-reference" { src = builtins.toFile "ref.txt" "see ${builtins.toFile "a.txt" "a"}"; };
  many = make "many" { outputs = [ "out" "dev" "lib" "man" ]; };
  noOut = make "no-out" { outputs = [ "bin" "doc" ]; };
  unsortedOutputs = make "unsorted-outputs" { outputs = [ "z" "out" "a" ]; };
  needsPlain = make "needs-plain" { dep = plain; };
  needsDev = make "needs-dev" { dep = many.dev; };
  needsAll = make "needs-all" { deps = [ many.dev many.lib many many.man ]; };
  needsTwo = make "needs-two" { a = plain; b = needsPlain; };
  deep = make "deep" { a = needsTwo; b = needsAll; c = source; };
  placeholder = make "placeholder" { flags = "--prefix=${builtins.placeholder "out"} ${builtins.placeholder "dev"}"; outputs = [ "out" "dev" ]; };
  fixedMd5 = fixed "fixed-md5" "md5" "flat" "900150983cd24fb0d6963f7d28e17f72";
  fixedSha1 = fixed "fixed-sha1" "sha1" "flat" "a9993e364706816aba3e25717850c26c9cd0d89d";
  fixedSha256 = fixed "fixed-sha256" "sha256" "flat" sha256;
  fixedSha512 = fixed "fixed-sha512" "sha512" "flat" "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
  fixedNarMd5 = fixed "fixed-nar-md5" "md5" "recursive" "900150983cd24fb0d6963f7d28e17f72";
  fixedNarSha1 = fixed "fixed-nar-sha1" "sha1" "recursive" "a9993e364706816aba3e25717850c26c9cd0d89d";
  fixedNarSha256 = fixed "fixed-nar-sha256" "sha256" "recursive" sha256;
  fixedNarSha512 = fixed "fixed-nar-sha512" "sha512" "recursive" "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
  fixedSri = make "fixed-sri" { outputHash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="; };
  fixedNix32 = fixed "fixed-nix32" "sha256" "flat" "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s";
  fixedOther = make "fixed-sha256" { outputHashAlgo = "sha256"; outputHash = sha256; url = "elsewhere"; dep = plain; };
  needsFixed = make "needs-fixed" { src = fixedSha256; };
  needsOtherFixed = make "needs-fixed" { src = fixedOther; };
  needsBothFixed = make "needs-both-fixed" { a = fixedSha256; b = fixedOther; };
  fixedAndPlain = make "fixed-and-plain" { a = fixedNarSha256; b = plain; c = many.lib; };
  structured = make "structured" { __structuredAttrs = true; list = [ 1 "two" true null ]; set = { a = 1; b.c = "d"; }; float = 0.25; outputs = [ "out" "dev" ]; };
  passAsFile = make "pass-as-file" { passAsFile = [ "text" ]; text = "much"; };
  exportGraph = make "export-graph" { exportReferencesGraph = [ "graph" plain ]; };
  drvFile = make "drv-file" { drv = builtins.unsafeDiscardOutputDependency plain.drvPath; };
  drvDeep = make "drv-deep" { drv = needsPlain.drvPath; };
  floating = make "floating" { __contentAddressed = true; };
  floatingFlat = make "floating-flat" { __contentAddressed = true; outputHashMode = "flat"; outputHashAlgo = "sha512"; };
  floatingMany = make "floating-many" { __contentAddressed = true; outputs = [ "out" "dev" ]; };
  floatingNeedsFloating = make "floating-needs-floating" { __contentAddressed = true; dep = floating; };
  floatingNeedsPlain = make "floating-needs-plain" { __contentAddressed = true; dep = plain; };
  deferred = make "deferred" { dep = floating; outputs = [ "out" "dev" ]; };
  deferredDeep = make "deferred-deep" { dep = deferred.dev; other = floatingMany.dev; };
  fixedNeedsFloating = make "fixed-needs-floating" { outputHashAlgo = "sha256"; outputHash = sha256; dep = floating; };
  needsFixedNeedsFloating = make "needs-fixed-needs-floating" { dep = fixedNeedsFloating; };
  impure = make "impure" { __impure = true; };
  impureMany = make "impure-many" { __impure = true; outputs = [ "out" "log" ]; outputHashMode = "flat"; };
  needsImpure = make "needs-impure" { __impure = true; dep = impure; };
}
