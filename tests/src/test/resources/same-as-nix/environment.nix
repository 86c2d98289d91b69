# What reaches a builder, and how values become strings.
{ sh, ... }:
let
  show = "env | grep -a ^v_ | sort >$out";
in
{
  values = sh {
    name = "values";
    script = show;
    v_int = 42;
    v_negative = -7;
    v_large = 9223372036854775807;
    v_float = 1.5;
    v_small = 1.0e-10;
    v_true = true;
    v_false = false;
    v_null = null;
    v_list = [
      1
      "two"
      [
        3
        [ ]
        "four five"
      ]
      true
      null
    ];
    v_empty = "";
    v_set = {
      __toString = self: "shown ${self.x}";
      x = "by itself";
    };
  };
  strings = sh {
    name = "strings";
    script = show;
    v_newline = "a\nb";
    v_tab = "a\tb";
    v_quotes = "\"double\" 'single' `back`";
    v_backslash = "\\ \\n \${x} $y";
    v_unicode = "äöü 日本語 🎉";
    v_indented = ''
      first
        second
      ''${not} ''' ''\n
    '';
  };
  nulls-left-out = sh {
    name = "nulls-left-out";
    __ignoreNulls = true;
    script = show;
    v_null = null;
    v_other = "there";
  };
  standard = sh {
    name = "standard";
    # Not HOME and the like alone: everything there is, but for what the shell adds.
    script = ''env | grep -a -v -e '^_=' -e '^SHLVL=' -e '^PWD=' -e '^OLDPWD=' | sort >$out'';
  };
  sandbox = sh {
    name = "sandbox";
    script = ''
      exec >$out
      id -u; id -g; umask; pwd; hostname; echo $$ "$0" "$#"
      cat /etc/passwd /etc/group /etc/hosts
      # A Nix whose machine has KVM shows that device too.
      ls /dev | grep -v kvm
      ls /tmp /build
      ls -d /etc /proc /usr
    '';
  };
  no-arguments = derivation {
    name = "no-arguments";
    system = builtins.currentSystem;
    builder = ./src/builder.sh;
    __impureHostDeps = [
      "/bin"
      "/lib"
      "/lib64"
      "/usr"
    ];
  };
  odd-arguments = sh {
    name = "odd-arguments";
    args = [
      "-ec"
      "for a in \"$0\" \"$@\"; do echo \"<$a>\"; done >$out"
      "zero"
      ""
      "with blank"
      "ünïcode"
      17
      ./src/file
      [
        "a"
        "b"
      ]
    ];
    script = "";
  };
}
