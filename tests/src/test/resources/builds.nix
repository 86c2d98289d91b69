# Derivations for BuildOptionsTest. `tag` makes them new.
{
  tag,
  url ? "",
  step ? tag,
}:
let
  sh =
    name: script: extra:
    derivation (
      {
        inherit name tag;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-ec"
          script
        ];
        PATH = "/usr/bin:/bin";
        __impureHostDeps = [
          "/bin"
          "/lib"
          "/lib64"
          "/usr"
        ];
      }
      // extra
    );
  # Not by $NIX_ATTRS_SH_FILE: in Nix 2.8 that is a path outside of the sandbox.
  structured =
    name: script: extra:
    sh name ". /build/.attrs.sh; out=\${outputs[out]}; ${script}" (
      {
        builder = "/bin/bash";
        __structuredAttrs = true;
      }
      // extra
    );
  dep = sh "dep" "echo dep > $out" { };
  top = sh "top" "echo ${dep} > $out" { };
  refers = "echo ${top} $out > $out";
  ca = {
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
  };
  tree =
    name: script: extra:
    sh name "mkdir $out; cd $out; ${script}" extra;
in
rec {
  same = sh "same" "echo same > $out" { };
  differs = sh "differs" "date +%N > $out" { };
  twoDiffer = sh "two" "date +%N > $lib; echo $lib > $out; date +%N >> $out" {
    outputs = [
      "out"
      "lib"
    ];
  };
  fails = sh "fails" "echo last words; exit 3" { };
  failsToo = sh "fails-too" "exit 4" { };
  needsBoth = sh "needs-both" "echo ${fails} ${failsToo} > $out" { };

  allowedReferences = sh "a" refers { allowedReferences = [ "out" ]; };
  allowedReferencesHold = sh "a" refers {
    allowedReferences = [
      "out"
      top
    ];
  };
  disallowedReferences = sh "a" refers { disallowedReferences = [ top ]; };
  disallowedReferencesHold = sh "a" refers { disallowedReferences = [ dep ]; };
  allowedRequisites = sh "a" refers { allowedRequisites = [ top ]; };
  allowedRequisitesHold = sh "a" refers {
    allowedRequisites = [
      top
      dep
    ];
  };
  disallowedRequisites = sh "a" refers { disallowedRequisites = [ dep ]; };
  illegalSpecifier = sh "a" refers { allowedReferences = [ "nonsense" ]; };
  maxSize = structured "a" "head -c 1000 /dev/zero > $out" {
    outputChecks.out.maxSize = 500;
  };
  maxClosureSize = structured "a" "echo ${top} > $out" {
    outputChecks.out.maxClosureSize = 200;
  };
  maxSizesHold = structured "a" "echo ${top} > $out" {
    outputChecks.out.maxSize = 500;
    outputChecks.out.maxClosureSize = 5000;
  };
  checkedReferences = structured "a" "echo ${top} > $out" {
    outputChecks.out.allowedReferences = [ "out" ];
  };
  checkedRequisites = structured "a" "echo ${top} > $out" {
    outputChecks.out.disallowedRequisites = [ dep ];
  };

  feature = sh "feature" "echo x > $out" { requiredSystemFeatures = [ "rare" ]; };
  platform = sh "platform" "echo x > $out" { system = "mips-linux"; };
  local = sh "local" "echo x > $out" { preferLocalBuild = true; };
  impureVariable = sh "impure" "echo $SPECIAL > $out" {
    impureEnvVars = [ "SPECIAL" ];
    outputHashAlgo = "sha256";
    outputHashMode = "flat";
    # printf 'word\n' | sha256sum
    outputHash = "5aacc8534b465aea630b759f2becac7ae3a8c1bfaf271ca0425b8dd44bf99c56";
  };

  # `step` is in the first derivation only, and changes nothing of its output.
  first = sh "first" "echo content > $out" (ca // { tag = step; });
  second = sh "second" "echo ${first} > $out; mkdir $dev; echo $out > $dev/f" (
    ca
    // {
      outputs = [
        "out"
        "dev"
      ];
      tag = "";
    }
  );
  third = sh "third" "mkdir $out; ln -s ${second.dev} $out/dev; echo ${second} > $out/f" (
    ca // { tag = ""; }
  );
  # Their own paths follow from inputs that are known only when they are built.
  deferred = sh "deferred" "echo ${third} $out > $out" { tag = ""; };
  deferredToo = sh "deferred-too" "echo ${deferred} ${first} > $out" { tag = ""; };
  fixedOnTop = sh "fixed" "cat ${first} > $out" {
    outputHashAlgo = "sha256";
    outputHashMode = "flat";
    # printf 'content\n' | sha256sum
    outputHash = "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53";
  };
  chain = [
    first
    second
    second.dev
    third
    deferred
    deferredToo
    fixedOnTop
  ];
  # With references to themselves, of which Nix 2.8 and 2.26 make other paths.
  selfish =
    sh "selfish"
      "echo ${first} $out > $out; mkdir $dev; echo $out > $dev/f; ln -s $dev $dev/self"
      (
        ca
        // {
          outputs = [
            "out"
            "dev"
          ];
          tag = "";
        }
      );
  selfishUser = sh "selfish-user" "cat ${selfish.dev}/f > $out; echo $out ${selfish} >> $out" (
    ca // { tag = ""; }
  );
  selfishChain = [
    selfish
    selfish.dev
    selfishUser
    (sh "on-top" "echo ${selfishUser} > $out" { tag = ""; })
  ];

  fetched = derivation {
    name = "fetched";
    system = "builtin";
    builder = "builtin:fetchurl";
    url = "${url}/file";
    executable = "1";
    outputHashAlgo = "sha256";
    outputHashMode = "recursive";
    # nix-hash --type sha256 of an executable file with the line "content"
    outputHash = "4a1cc07fcd161abb34f19406a6576aa02168932d24883854deb336833aa9b211";
  };
  notThere = derivation {
    name = "not-there";
    system = "builtin";
    builder = "builtin:fetchurl";
    url = "${url}/absent";
    outputHashAlgo = "sha256";
    outputHashMode = "flat";
    outputHash = "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53";
  };
  noSuchBuiltin = derivation {
    name = "no-such";
    system = "builtin";
    builder = "builtin:nonsense";
    inherit tag;
  };
  channel = derivation {
    name = "channel";
    system = "builtin";
    builder = "builtin:unpack-channel";
    channelName = "stable";
    src = sh "channel.tar.xz" "mkdir -p a/b; echo x > a/b/f; ln -s b/f a/l; chmod +x a/b/f; tar cJf $out a" { };
  };
  channelOfTwo = derivation {
    name = "channel";
    system = "builtin";
    builder = "builtin:unpack-channel";
    channelName = "stable";
    src = sh "channel.tar.gz" "mkdir a b; tar czf $out a b" { };
  };
  channelElsewhere = derivation {
    name = "channel";
    system = "builtin";
    builder = "builtin:unpack-channel";
    channelName = "../stable";
    src = sh "channel.tar.gz" "mkdir a; tar czf $out a" { };
  };

  environment =
    packages:
    derivation {
      name = "environment";
      system = "builtin";
      builder = "builtin:buildenv";
      derivations = map (p: "true ${toString (p.priority or 5)} 1 ${p.path}") packages;
      manifest = same;
    };
  one = tree "one" "mkdir -p bin share/doc lib nix-support info; echo 1 > bin/a; echo 1 > share/doc/one; echo 1 > .hidden; echo ${far} > nix-support/propagated-user-env-packages; ln -s nowhere lib/dangling; echo d > info/dir; echo m > manifest.nix" { };
  two = tree "two" "mkdir bin share; echo 2 > bin/b; ln -s ${shared} share/doc; mkdir log" { };
  far = tree "far" "mkdir -p bin share/doc; echo f > bin/far; echo f > bin/a; echo f > share/doc/far" { };
  shared = tree "shared" "echo s > two; mkdir deep; echo s > deep/f" { };
  rival = tree "rival" "mkdir bin; echo other > bin/a" { };
  aFile = sh "a-file" "echo x > $out" { };
  united = environment [
    { path = one; }
    { path = two; }
    { path = aFile; }
  ];
  byPriority = environment [
    {
      path = rival;
      priority = 3;
    }
    { path = one; }
    { path = two; }
  ];
  large = sh "large" "head -c 300000 /dev/zero | tr '\\0' x > $out" { };
  inConflict = environment [
    { path = one; }
    { path = rival; }
  ];
  fileAndFolder = environment [
    { path = two; }
    { path = tree "clash" "echo x > share" { }; }
  ];
}
