# Outputs whose content is known before. The hashes of trees are those of `nix-hash`.
{ sh, ... }:
let
  content = "fixed content\n";
  algorithms = [
    "md5"
    "sha1"
    "sha256"
    "sha512"
  ];
  set = prefix: f: builtins.listToAttrs (map (a: {
    name = prefix + a;
    value = f a;
  }) algorithms);
  flat =
    algorithm: extra:
    sh (
      {
        name = "flat-" + algorithm;
        script = "printf 'fixed content\\n' >$out";
        outputHashMode = "flat";
        outputHashAlgo = algorithm;
        outputHash = builtins.hashString algorithm content;
      }
      // extra
    );
  treeHashes = {
    md5 = "17f0a33z6ji1z764dqhdpbq8vg";
    sha1 = "wpfhbax81dm44b9swk23gv15bk0jnfil";
    sha256 = "0i67c0jjgz0nprf24r9zcgrcl5q0bcz0vz0n0vnxqqk44v4swz19";
    sha512 = "21g20l37hwqh699h7qywqzjl5jvn06ms54l32iavsdhwfvzvsb8alipvp65igi7zyagd531cmya4hl98772ykiay0x9sc0lavn1w1ln";
  };
  tree = algorithm: sh {
    name = "tree-" + algorithm;
    script = ''
      mkdir -p $out/folder
      printf 'fixed content\n' >$out/folder/file
      ln -s file $out/folder/link
      printf '#!/bin/sh\n' >$out/run
      chmod +x $out/run
    '';
    outputHashMode = "recursive";
    outputHashAlgo = algorithm;
    outputHash = treeHashes.${algorithm};
  };
  by = text: flat "sha256" {
    name = "made-one-way-or-another";
    how = text;
  };
in
set "flat-" (a: flat a { })
// set "tree-" tree
// {
  base16 = flat "sha256" {
    name = "base16";
    outputHash = builtins.hashString "sha256" content;
  };
  base32 = flat "sha256" {
    name = "base32";
    outputHash = "0rcnqrrdvppl92i39a6njnzq1icsqcqc9ffsy080qg40w8d7kkxd";
  };
  sri = flat "sha256" {
    name = "sri";
    outputHashAlgo = null;
    outputHash = "sha256-rc95GuKAPAwQ8Nq5xDDDmsWAv5XWqDSiSPTe3XLGlmU=";
  };
  prefixed = flat "sha256" {
    name = "prefixed";
    outputHashAlgo = null;
    outputHash = "sha256:" + builtins.hashString "sha256" content;
  };
  # Two ways to make the same content give those who use it the same path.
  used-one-way = sh {
    name = "used";
    input = by "one way";
    script = "cat $input >$out; echo $input >>$out";
  };
  used-another-way = sh {
    name = "used";
    input = by "another way";
    script = "cat $input >$out; echo $input >>$out";
  };
  with-input = flat "sha256" {
    name = "with-input";
    input = flat "md5" { };
    script = "cat $input >$out";
    args = [
      "-ec"
      "cat $input >$out"
    ];
  };
  network-files = sh {
    name = "network-files";
    # A fixed output's builder finds what name resolution needs.
    script = "test -e /etc/hosts; cat /etc/nsswitch.conf >$out";
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    outputHash = builtins.hashString "sha256" "hosts: files dns\nservices: files\n";
  };
}
