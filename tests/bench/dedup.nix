# A closure of `programs`, paths of real programs, one derivation for each: it copies its program,
# and refers to some of those before it in the program, in a script and by a link. All of them
# refer to the first, which holds `change`.
{ programs, change }:
let
  deps = [
    "/bin"
    "/lib"
    "/lib64"
    "/usr"
  ];
  list = builtins.filter (p: builtins.isString p && p != "") (builtins.split "\n" programs);
  base = derivation {
    name = "base";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [
      "-ec"
      "/bin/mkdir -p $out/lib; /bin/cp -L /lib/*-linux-gnu/libc.so.6 $out/lib/; echo ${change} > $out/change"
    ];
    __impureHostDeps = deps;
  };
  make =
    before: program:
    let
      count = builtins.length before;
      pick = n: builtins.elemAt before (n - n / count * count);
      inputs = [
        base
        (pick (count * 7 + 3))
        (pick (count * 13 + 5))
      ];
    in
    derivation {
      name = builtins.replaceStrings [ "[" ] [ "bracket" ] (baseNameOf program);
      system = builtins.currentSystem;
      builder = "/bin/sh";
      inherit inputs program;
      args = [
        "-ec"
        ''
          /bin/mkdir -p $out/bin $out/nix-support
          /bin/cp -L $program $out/bin/program
          /bin/chmod u+w $out/bin/program
          for i in $inputs; do printf '%s/lib\0' $i >> $out/bin/program; done
          printf '#!%s/bin/sh\nexec %s/bin/program "$@"\n' ${base} $out > $out/bin/wrapper
          /bin/chmod +x $out/bin/wrapper
          echo $inputs > $out/nix-support/propagated
          /bin/ln -s ${base}/lib/libc.so.6 $out/libc
        ''
      ];
      __impureHostDeps = deps;
    };
  all = builtins.foldl' (before: program: before ++ [ (make before program) ]) [ base ] list;
in
derivation {
  name = "closure";
  system = builtins.currentSystem;
  builder = "/bin/sh";
  inputs = all;
  args = [
    "-ec"
    "echo $inputs > $out"
  ];
  __impureHostDeps = deps;
}
