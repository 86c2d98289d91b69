package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that bc becomes: {@code nix-shell}, {@code bc develop}, {@code bc shell}, {@code bc
 * run}. What they print is what Nix 2.26.3 printed for the same files: {@code nix-shell}, {@code
 * nix run --file} and {@code nix shell --file}.
 */
class ShellTest {
  private static final String DERIVATIONS =
      """
      { inNixShell ? false, tag ? "none" }:
      let
        one = name: attrs:
          derivation ({
            inherit name; system = builtins.currentSystem;
            builder = "/bin/sh"; args = [ "-c" "exit 1" ];
          } // attrs);
      in {
        plain = one "plain" {
          word = "a b"; inherit tag; asked = if inNixShell then "yes" else "no";
          shellHook = "echo hook"; builder = "/bin/bash";
          __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
        };
        file = one "file" { passAsFile = [ "big" ]; big = "much text"; };
        structured = one "structured" {
          __structuredAttrs = true; list = [ "a" "b c" ]; map = { x = 1; y = "z"; };
          flag = true; outputs = [ "out" "dev" ];
        };
        patterns = one "patterns" {
          __structuredAttrs = true; words = [ "@shell@" "@path@" "@zone@" "@folder@" "$" "\\\\1" ];
        };
      }
      """;

  private static final String PACKAGES =
      """
      let
        host = [ "/bin" "/usr" "/lib" "/lib64" ];
        package = name: program: attrs:
          derivation {
            inherit name; system = builtins.currentSystem; builder = "/bin/sh";
            PATH = "/bin:/usr/bin"; __impureHostDeps = host; before = attrs.before or "";
            args = [ "-c" ''
              mkdir -p $out/bin $out/nix-support
              printf '#!/bin/sh\\necho %s "$#" "$@"\\nexit 7\\n' ${name} > $out/bin/${program}
              chmod +x $out/bin/${program}
              if [ -n "$before" ]; then
                echo $before > $out/nix-support/propagated-user-env-packages
              fi
            '' ];
          } // removeAttrs attrs [ "before" ];
      in rec {
        plain = package "plain-2.0" "plain" { };
        named = package "named-1.0" "other" { pname = "other"; };
        main = package "main-1.0" "chosen" { pname = "x"; meta.mainProgram = "chosen"; };
        bringing = package "bringing-1.0" "bringing" { before = plain; };
        app = { type = "app"; program = "${main}/bin/chosen"; };
        number = 1;
        outside = { type = "app"; program = "/bin/sh"; };
      }
      """;

  private static final String FLAKE =
      """
      {
        outputs = { self }:
          let
            system = "x86_64-linux";
            one = name: program:
              derivation {
                inherit name system; what = name; builder = "/bin/bash";
                PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/usr" "/lib" "/lib64" ];
                args = [ "-c" ''
                  mkdir -p $out/bin
                  printf '#!/bin/sh\\necho %s "$@"\\n' $name > $out/bin/${program}
                  chmod +x $out/bin/${program}
                '' ];
              };
            app = name: { type = "app"; program = "${one name "tool"}/bin/tool"; };
          in {
            packages.${system} = {
              default = one "package-1" "package"; x = one "x-1" "x"; both = one "both-1" "both";
            };
            apps.${system} = { default = app "app-1"; both = app "app-of-both-1"; };
            devShells.${system} = { default = one "shell-1" "a"; other = one "other-1" "b"; };
            formatter.${system} = one "formatter-1" "formatter";
            top = one "top-1" "top";
          };
      }
      """;

  private static final Bc BC = new Bc();

  @TempDir static Path folder;

  private static Path nixShell;

  @BeforeAll
  static void prepare() throws IOException {
    Files.writeString(folder.resolve("shell.nix"), DERIVATIONS);
    Files.writeString(folder.resolve("packages.nix"), PACKAGES);
    Files.writeString(Files.createDirectory(folder.resolve("flake")).resolve("flake.nix"), FLAKE);
    BC.run("link-nix-commands", folder.resolve("links").toString()).orFail();
    nixShell = folder.resolve("links/nix-shell");
  }

  @AfterAll
  static void stop() {
    BC.close();
  }

  private static Command.Result shell(String... arguments) {
    List<String> command = new ArrayList<>(List.of(nixShell.toString()));
    command.addAll(List.of(arguments));
    return Command.run(
        folder, Map.of("BC_ROOT", BC.root().toString(), "SECRET", "1", "KEPT", "2"), command);
  }

  @Test
  void aShellHasTheVariablesOfItsDerivation() {
    Command.Result result =
        shell("-A", "plain", "--run", "echo $name $word $asked $tag $IN_NIX_SHELL $SECRET; exit 3");
    assertEquals("plain a b yes none impure 1\n", result.out());
    assertEquals(3, result.status());
  }

  @Test
  void aPureShellHasLittleElse() {
    Command.Result result =
        shell(
            "-A",
            "plain",
            "--pure",
            "--keep",
            "KEPT",
            "--argstr",
            "tag",
            "x",
            "--run",
            "echo $name $word $asked $tag $IN_NIX_SHELL $SECRET $KEPT");
    assertEquals("plain a b yes x pure 2\n", result.orFail());
  }

  @Test
  void largeAttributesAreFiles() {
    Command.Result result =
        shell("-A", "file", "--run", "echo ${bigPath##*/}; read -r x <$bigPath; echo $x $big");
    assertEquals(".attr-0\nmuch text\n", result.orFail());
  }

  @Test
  void structuredAttributesAreVariablesAndFiles() {
    Command.Result result =
        shell(
            "-A",
            "structured",
            "--run",
            "declare -p list map flag outputs; cat $NIX_ATTRS_JSON_FILE; echo; echo"
                + " ${NIX_ATTRS_SH_FILE##*/}");
    assertEquals(
        """
        declare -a list=([0]="a" [1]="b c")
        declare -A map=([y]="z" [x]="1" )
        declare -- flag="1"
        declare -A outputs=([dev]="/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz" [out]="/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9" )
        {"builder":"/bin/sh","flag":true,"list":["a","b c"],"map":{"x":1,"y":"z"},"name":"structured","outputs":{"dev":"/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz","out":"/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"},"system":"x86_64-linux"}
        .attrs.sh
        """,
        result.orFail());
  }

  @Test
  void structuredAttributesStayAsTheyAre() {
    Command.Result result = shell("-A", "patterns", "--run", "echo \"${words[@]}\"");
    assertEquals("@shell@ @path@ @zone@ @folder@ $ \\1\n", result.orFail());
  }

  @Test
  void developTakesTheSameArguments() {
    Command.Result result =
        BC.run(
            folder,
            "develop",
            "-A",
            "plain",
            "--argstr",
            "tag",
            "x",
            "-c",
            "sh",
            "-c",
            "echo $name $tag $asked \"$@\"; exit 4",
            "sh",
            "-A",
            "b c");
    assertEquals("hook\nplain-env x yes -A b c\n", result.out());
    assertEquals(4, result.status());
    Command.Result several = BC.run(folder, "develop", "-c", "true");
    assertEquals(1, several.status());
    assertTrue(several.err().contains("expected one derivation, found 4"), several.err());
  }

  /** The folder of a shell is gone when it has ended. */
  @Test
  void nothingIsLeftBehind() {
    String made = shell("-A", "plain", "--run", "echo $NIX_BUILD_TOP").orFail().strip();
    assertFalse(Files.exists(Path.of(made)), made);
  }

  private static Command.Result run(String attribute, String... arguments) {
    List<String> all = new ArrayList<>(List.of("run", "-A", attribute, "packages.nix"));
    all.addAll(List.of(arguments));
    return BC.run(folder, all.toArray(String[]::new));
  }

  private static void prints(String expected, Command.Result result) {
    assertEquals(expected, result.out(), result.err());
    assertEquals(7, result.status(), result.err());
  }

  @Test
  void runsTheMainProgram() {
    prints("plain-2.0 0\n", run("plain"));
    prints("named-1.0 0\n", run("named"));
    prints("main-1.0 0\n", run("main"));
    prints("main-1.0 0\n", run("app"));
  }

  /** On a machine that never had Nix, where an ordinary user can make no folder for its store. */
  @Test
  void theStoreIsSeenWhereTheMachineHasNoFolderForIt() {
    Command.Result result =
        Command.run(
            folder,
            Map.of("BC_ROOT", BC.root().toString()),
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "[ ! -d /nix ] || { mount -t tmpfs none /nix && touch /nix/other; }; exec \"$@\"",
                "sh",
                Bc.program().toString(),
                "shell",
                "-A",
                "main",
                "packages.nix",
                "-c",
                "sh",
                "-c",
                "chosen a; pwd; ls /nix; touch /new 2>/dev/null || echo as before; ls -d /usr"
                    + " /tmp"));
    String nix = Files.isDirectory(Path.of("/nix")) ? "other\nstore\n" : "store\n";
    assertEquals(
        "main-1.0 1 a\n" + folder + "\n" + nix + "as before\n/tmp\n/usr\n", result.orFail());
  }

  @Test
  void itsArgumentsAreNotOurs() {
    prints("plain-2.0 3 --help a b -A\n", run("plain", "--help", "a b", "-A"));
    prints("plain-2.0 1 --json\n", run("plain", "--", "--json"));
    prints("plain-2.0 2 x --\n", run("plain", "x", "--"));
  }

  @Test
  void whatIsNoProgramIsRefused() {
    Command.Result number = run("number");
    assertEquals(1, number.status());
    assertTrue(
        number.err().contains("expected a derivation or an app, but found an integer: 1"),
        number.err());
    Command.Result outside = run("outside");
    assertEquals(1, outside.status());
    assertTrue(
        outside.err().contains("app program '/bin/sh' is not in the Nix store"), outside.err());
  }

  @Test
  void aShellFindsPackagesAndWhatTheyBring() {
    prints(
        "bringing-1.0 1 -c\n",
        BC.run(folder, "shell", "-A", "bringing", "packages.nix", "-c", "bringing", "-c"));
    prints(
        "plain-2.0 0\n", BC.run(folder, "shell", "-A", "bringing", "packages.nix", "-c", "plain"));
    String path =
        BC.run(
                folder,
                "shell",
                "-A",
                "main",
                "-A",
                "named",
                "packages.nix",
                "-c",
                "sh",
                "-c",
                "echo $PATH")
            .orFail();
    assertTrue(
        path.matches(
            "/nix/store/[a-z0-9]{32}-main-1\\.0/bin:/nix/store/[a-z0-9]{32}-named-1\\.0/bin:/.*\n"),
        path);
    String built = BC.run(folder, "build", "-A", "plain", "packages.nix").orFail().strip();
    prints("plain-2.0 0\n", BC.run(folder, "shell", "./result", "-c", "plain"));
    prints(
        "main-1.0 0\n",
        BC.run(folder, "shell", built, "-A", "main", "packages.nix", "-c", "chosen"));
    Command.Result none = BC.run(folder, "shell", "packages.nix", "-A", "main", "-c");
    assertEquals(1, none.status());
  }

  private static String inFlake(String... arguments) {
    return BC.run(folder.resolve("flake"), arguments).orFail();
  }

  /** As 2.26.3 does, and its manual says of {@code nix develop}. */
  @Test
  void eachLooksForItsKindOfOutput() {
    assertEquals("app-1 a b\n", inFlake("run", ".#", "a", "b"));
    assertEquals("x-1 c\n", inFlake("run", ".#x", "--", "c"));
    assertEquals("app-of-both-1\n", inFlake("run", ".#both"));
    assertEquals("top-1\n", inFlake("run", ".#top"));
    assertEquals("shell-1\n", inFlake("develop", ".#", "-c", "sh", "-c", "echo $what"));
    assertEquals("other-1\n", inFlake("develop", ".#other", "-c", "sh", "-c", "echo $what"));
    assertEquals("x-1\n", inFlake("develop", ".#x", "-c", "sh", "-c", "echo $what"));
    assertEquals("both-1 y\n", inFlake("shell", ".#x", ".#both", "-c", "both", "y"));
    Command.Result none = BC.run(folder.resolve("flake"), "develop", ".#nope");
    assertEquals(
        "error: flake 'path:"
            + folder.resolve("flake")
            + "' does not provide attribute 'devShells.x86_64-linux.nope',"
            + " 'packages.x86_64-linux.nope', 'legacyPackages.x86_64-linux.nope' or 'nope'\n"
            + "       Did you mean top?",
        none.err().strip());
  }

  @Test
  void aFlakeHasAFormatter() throws IOException {
    assertEquals("formatter-1\n", inFlake("fmt"));
    assertEquals("formatter-1 a -x --offline\n", inFlake("fmt", "a", "-x", "--offline"));
    assertEquals("formatter-1 --check\n", inFlake("fmt", "--", "--check"));
    Path none = Files.createDirectory(folder.resolve("none"));
    Files.writeString(none.resolve("flake.nix"), "{ outputs = _: { }; }");
    assertEquals(
        "error: flake 'path:" + none + "' does not provide attribute 'formatter.x86_64-linux'",
        BC.run(none, "fmt").err().strip());
  }

  @Test
  void aFolderWithAFlakeAloneIsItsShell() {
    assertEquals("shell-1\n", inFlake("develop", "-c", "sh", "-c", "echo $what"));
  }
}
