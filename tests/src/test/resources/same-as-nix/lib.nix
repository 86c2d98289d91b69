# What the expressions of this folder share.
rec {
  # A derivation that runs `script` in the host's shell; $out and the other attributes are variables.
  sh =
    attrs:
    derivation (
      {
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-ec"
          attrs.script
        ];
        PATH = "/usr/bin:/bin";
        __impureHostDeps = [
          "/bin"
          "/etc/alternatives"
          "/lib"
          "/lib64"
          "/usr"
        ];
      }
      // removeAttrs attrs [ "script" ]
    );

  repeat = n: s: if n == 0 then "" else repeat (n - 1) s + s;
}
