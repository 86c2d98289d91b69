# A small C library and a program that uses it. The compiler is the machine's own: __impureHostDeps
# names the host's folders that it needs, and the setting allowed-impure-host-deps admits them.
#
#     bc build ./examples/hello && ./result/bin/hello
{ system ? builtins.currentSystem }:
let
  make =
    attrs:
    derivation (
      {
        inherit system;
        builder = "/bin/sh";
        PATH = "/usr/bin:/bin";
        __impureHostDeps = [
          "/bin"
          "/etc/alternatives"
          "/lib"
          "/lib64"
          "/usr"
        ];
      }
      // attrs
    );

  libgreet = make {
    name = "libgreet-1.0";
    src = ./lib;
    args = [
      "-e"
      ./lib/build.sh
    ];
  };
in
make {
  name = "hello-1.0";
  src = ./program;
  inherit libgreet;
  args = [
    "-e"
    ./program/build.sh
  ];
}
