# Two closures, made in the working folder.
cat > closures.nix <<'N'
let
  one = name: size: refs:
    derivation {
      inherit name refs size; system = "x86_64-linux"; builder = "/bin/sh";
      PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
      args = [ "-c" "echo $refs > $out; head -c $size /dev/zero >> $out" ];
    };
in {
  old = one "top-1.0" "10" [
    (one "lib-1.0" "100" [ ]) (one "gone-2" "5" [ ]) (one "same-1" "7" [ ])
    (one "grown-3" "10" [ ]) (one "unversioned" "1" [ ]) (one "two-1" "1" [ ]) (one "tool-1.2-dev" "9" [ ])
  ];
  new = one "top-1.1" "10" [
    (one "lib-1.1" "50000" [ ]) (one "same-1" "7" [ ]) (one "grown-3" "20000" [ ])
    (one "unversioned-1" "1" [ ]) (one "new-1" "3" [ ]) (one "two-1" "1" [ ]) (one "two-2" "1" [ ])
    (one "tool-1.3-dev" "9" [ ])
  ];
}
N
