# What a new daemon evaluates while it has nothing to do (WarmUp), and what tools/build.sh has it
# evaluate so that its JVM learns what is called often: packages that depend on each other, made the
# way large package sets make them. Nothing of it is built.
{
  count ? 4000,
}:
let
  inherit (builtins)
    all
    attrNames
    attrValues
    concatLists
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    functionArgs
    genList
    getAttr
    hasAttr
    head
    intersectAttrs
    isAttrs
    isBool
    isFunction
    isList
    isString
    length
    listToAttrs
    map
    mapAttrs
    match
    removeAttrs
    replaceStrings
    split
    stringLength
    substring
    tail
    toJSON
    zipAttrsWith
    ;

  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };
  concatMap = f: list: concatLists (map f list);
  nameValuePair = name: value: { inherit name value; };
  fold =
    f: nul: list:
    if list == [ ] then nul else f (head list) (fold f nul (tail list));
  fix =
    f:
    let
      x = f x;
    in
    x;
  extends =
    overlay: f: self:
    let
      super = f self;
    in
    super // overlay self super;
  makeOverridable =
    f: args:
    let
      result = f args;
    in
    result
    // {
      override = new: makeOverridable f (args // (if isFunction new then new args else new));
      overrideDerivation =
        change:
        let
          drv = derivation (result.drvAttrs // change result);
        in
        result // { inherit (drv) drvPath outPath; };
    };
  callPackageWith =
    scope: f: args:
    makeOverridable f (intersectAttrs (functionArgs f) scope // args);
  versionParts = version: filter (p: p != [ ]) (split "[.]" version);

  mkDerivation =
    {
      name,
      buildInputs ? [ ],
      propagatedBuildInputs ? [ ],
      meta ? { },
      passthru ? { },
      doCheck ? false,
      phases ? null,
      ...
    }@attrs:
    assert isList buildInputs && stringLength name > 0;
    let
      drv = derivation (
        removeAttrs attrs [
          "meta"
          "passthru"
        ]
        // {
          system = "x86_64-linux";
          builder = "/bin/sh";
          args = [
            "-e"
            (attrs.builder or "/default-builder.sh")
          ];
          stdenv = "/stdenv-${substring 0 1 name}";
          userHook = null;
          buildInputs = buildInputs ++ concatMap (i: i.propagatedInputs or [ ]) buildInputs;
          phases = if phases == null then "unpackPhase buildPhase installPhase" else phases;
          checkPhase = optionalString doCheck ''
            make check \
              "VERBOSE=1" # ${name}
          '';
        }
      );
    in
    drv
    // {
      inherit passthru;
      propagatedInputs = propagatedBuildInputs;
      meta = meta // {
        inherit name;
        position = builtins.unsafeGetAttrPos "name" attrs;
      };
    }
    // passthru;

  fetchurl =
    { url, sha256 }:
    derivation {
      name = replaceStrings [ "/" ":" ] [ "-" "-" ] url;
      system = "builtin";
      builder = "builtin:fetchurl";
      outputHash = sha256;
      outputHashAlgo = "sha256";
      outputHashMode = "flat";
      inherit url;
      preferLocalBuild = true;
    };

  package =
    n:
    {
      fetchurl,
      mkDerivation,
      self,
      enableTests ? false,
    }:
    let
      input = k: getAttr "package-${toString (if k < 0 then 0 else k)}" self;
      version = "${toString (n / 100)}.${toString (n - n / 100 * 100)}";
    in
    mkDerivation rec {
      name = "package-${toString n}-${version}";
      src = fetchurl {
        url = "mirror-gnu-${name}.tar.gz";
        sha256 = builtins.hashString "sha256" name;
      };
      buildInputs = optionals (n > 8) [
        (input (n / 2))
        (input (n / 3))
        (input (n - 7))
      ];
      propagatedBuildInputs = optional (n > 20) (input (n / 5));
      configureFlags = [
        "--prefix=${placeholder "out"}"
      ]
      ++ optional enableTests "--with-tests=${concatStringsSep "," (versionParts version)}"
      ++ map (i: "--with-${i.name}=${i}") buildInputs;
      NIX_CFLAGS_COMPILE = toString (map (i: "-I${i}/include") buildInputs);
      preConfigure = ''
        export HOME=$TMPDIR
        substituteInPlace Makefile --replace "/usr" "$out" \
          --replace ${name} ${version}
      '';
      doCheck = n == n / 4 * 4;
      meta = with licenses; {
        description = "Package number ${toString n}";
        license = if match "package-1.*" name != null then gpl else mit;
        platforms = filter (p: elem p [ "x86_64-linux" ]) platforms;
      };
    };

  licenses = {
    gpl = "GPL";
    mit = "MIT";
  };
  platforms = [
    "x86_64-linux"
    "i686-linux"
  ];

  base =
    self:
    listToAttrs (
      genList (
        n:
        nameValuePair "package-${toString n}" (
          callPackageWith { inherit fetchurl mkDerivation self; } (package n) { }
        )
      ) count
    );
  overlay =
    self: super:
    mapAttrs (_: p: p.override { enableTests = true; }) (
      optionalAttrs (hasAttr "package-1" super) {
        inherit (super) package-1 package-2;
      }
    );
  packages = fix (extends overlay base);

  # Options with types, whose definitions are merged, as configurations of systems have them.
  hasType = type: x: isAttrs x && x ? _type && x._type == type;
  mkOption = attrs: attrs // { _type = "option"; };
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  types = {
    bool = {
      check = isBool;
      merge = _: foldl' (a: b: a || b) false;
    };
    str = {
      check = isString;
      merge = _: concatStringsSep ":";
    };
    lines = {
      check = isString;
      merge = _: concatStringsSep "\n";
    };
    listOf = type: {
      check = x: isList x && all type.check x;
      merge = _: concatLists;
    };
    attrsOf = type: {
      check = x: isAttrs x && all type.check (attrValues x);
      merge =
        path: definitions:
        mapAttrs (name: values: type.merge (path ++ [ name ]) values) (
          zipAttrsWith (_: values: values) definitions
        );
    };
  };
  discharged =
    definition:
    if hasType "merge" definition then
      concatMap discharged definition.contents
    else if hasType "if" definition then
      optionals definition.condition (discharged definition.content)
    else
      [ definition ];
  pushed =
    definition:
    if hasType "merge" definition then
      concatMap pushed definition.contents
    else if hasType "if" definition then
      map (mapAttrs (_: mkIf definition.condition)) (pushed definition.content)
    else
      [ definition ];
  merged =
    path: options: definitions:
    let
      flat = concatMap pushed definitions;
    in
    mapAttrs (
      name: option:
      let
        here = path ++ [ name ];
        found = concatMap (d: if hasAttr name d then [ (getAttr name d) ] else [ ]) flat;
        given = concatMap discharged found;
      in
      if hasType "option" option then
        if given == [ ] then
          option.default or (throw "The option `${concatStringsSep "." here}' is used but not defined.")
        else
          let
            wrong = filter (d: !(option.type.check d)) given;
          in
          if wrong == [ ] then
            (option.apply or (x: x)) (option.type.merge here given)
          else
            throw "A definition of `${concatStringsSep "." here}' has the wrong type."
      else
        merged here option found
    ) options;
  joined =
    sets:
    zipAttrsWith (
      _: values: if length values == 1 || hasType "option" (head values) then head values else joined values
    ) sets;
  evalModules =
    modules:
    let
      closed = map (m: if isFunction m then m { inherit config; } else m) modules;
      options = joined (map (m: m.options or { }) closed);
      config = merged [ ] options (map (m: m.config or { }) closed);
    in
    config;
  module =
    n:
    { config, ... }:
    let
      name = "service-${toString n}";
      before = "service-${toString (n - 1)}";
      own = config.services.${name};
    in
    {
      options.services.${name} = {
        enable = mkOption {
          type = types.bool;
          default = n == 0;
        };
        user = mkOption {
          type = types.str;
          default = name;
          apply = user: replaceStrings [ "-" ] [ "_" ] user;
        };
        extraConfig = mkOption {
          type = types.lines;
          default = "";
        };
      };
      options.etc = mkOption {
        type = types.attrsOf types.lines;
        default = { };
      };
      options.paths = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
      config = mkMerge [
        (mkIf (n > 0 && config.services.${before}.enable) {
          services.${name}.enable = true;
          services.${before}.extraConfig = "next = ${name}";
        })
        (mkIf own.enable {
          paths = [ "/bin/${name}" ];
          etc."${name}.conf" = ''
            # ${toString n} of the services
            user = ${own.user}
            ${own.extraConfig}
          '';
        })
      ];
    };
  system = evalModules (genList module 16);
in
mkDerivation {
  name = "training";
  configuration = toJSON { inherit (system) etc paths services; };
  number = foldl' (sum: p: sum + length p.buildInputs) 0 (map (n: packages.${n}) (attrNames packages));
  text = toJSON (fold (n: all: [ n ] ++ all) [ ] (genList (n: n) 100));
  everything = concatStringsSep "\n" (map (n: (builtins.tryEval packages.${n}.outPath).value) (attrNames packages));
  first = elemAt (attrNames packages) 0;
}
