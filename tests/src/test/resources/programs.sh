# A program that prints some of its environment, made in the working folder.
cat > p.nix <<'N'
{
  hi = derivation {
    name = "hi-1"; pname = "hi"; system = "x86_64-linux"; builder = "/bin/sh";
    PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
    args = [ "-c" ''
      mkdir -p $out/bin
      printf '#!/bin/sh\nfor v in A B C; do eval echo $v=\\$$v; done\n' > $out/bin/hi
      chmod +x $out/bin/hi
    '' ];
  };
}
N
