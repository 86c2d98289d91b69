# Real programs, compiled from Debian's source packages by the machine's own compiler.
#
#     tests/software/fetch-sources /tmp/sources hello lua5.4 redis
#     bc build -f tests/software --arg sources /tmp/sources -A hello
{
  sources,
  system ? builtins.currentSystem,
}:
let
  # The upstream tarball of a package: <name>_<version>.orig.tar.*
  tarball =
    name:
    let
      matching = builtins.filter (file: builtins.match "${name}_[^_]*\\.orig\\.tar\\.[a-z0-9]+" file != null) (
        builtins.attrNames (builtins.readDir sources)
      );
    in
    if matching == [ ] then
      throw "no source of ${name} in ${toString sources}: run fetch-sources"
    else
      builtins.path {
        path = sources + "/${builtins.head matching}";
        name = "${name}-source";
      };

  program =
    {
      name,
      source ? name,
      script,
    }:
    derivation {
      inherit name system;
      src = tarball source;
      builder = "/bin/sh";
      args = [
        "-ec"
        ''
          tar -xf "$src"
          cd ./*/
          ${script}
        ''
      ];
      PATH = "/usr/bin:/bin";
      # Compilers and configure scripts that know of it leave the time of the build out.
      SOURCE_DATE_EPOCH = "1";
      __impureHostDeps = [
        "/bin"
        "/etc/alternatives"
        "/lib"
        "/lib64"
        "/usr"
      ];
    };

  hello =
    name:
    program {
      inherit name;
      source = "hello";
      script = ''
        ./configure --prefix="$out"
        make -j2
        make install
      '';
    };
in
{
  hello = hello "hello-2.10";

  # The same commands under another name: what differs is what names itself.
  hello-renamed = hello "renamed-2.10";

  lua = program {
    name = "lua-5.4";
    source = "lua5.4";
    script = ''
      # The interpreter finds its modules by the path that is compiled in.
      sed -i "s#/usr/local/#$out/#" src/luaconf.h
      make -j2 posix
      make install INSTALL_TOP="$out"
    '';
  };

  redis = program {
    name = "redis";
    script = ''
      # The build id would be the host's name and the time; with SOURCE_DATE_EPOCH it is that alone.
      # Which commit it was is asked of git, which there is none of here.
      make -j2 -C src MALLOC=libc USE_SYSTEMD=no BUILD_TLS=no redis-server redis-cli
      mkdir -p "$out/bin"
      cp src/redis-server src/redis-cli "$out/bin/"
    '';
  };
}
