# A path that was built and one that was not, made in the working folder.
cat > p.nix <<'N'
let lib = builtins.toFile "lib-to-verify" "a library"; in {
  top = builtins.toFile "top-to-verify" "uses ${lib}";
  drv = derivation { name = "to-verify"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo ${lib} > $out" ]; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ]; };
}
N
