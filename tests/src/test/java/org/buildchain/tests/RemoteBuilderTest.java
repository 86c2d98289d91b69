package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builds over ssh, by way of the loopback: bc's on a machine with Debian's Nix and on one with bc,
 * and those of Debian's Nix on one with bc. What comes out is what Nix builds at home.
 */
final class RemoteBuilderTest {
  private static final String GRAPH =
      """
      { salt }:
      let
        make = name: attributes: script: derivation ({
          inherit name salt;
          system = "x86_64-linux";
          builder = "/bin/sh";
          args = [ "-c" script ];
          PATH = "/usr/bin:/bin";
          __impureHostDeps = [ "/bin" "/etc/alternatives" "/lib" "/lib64" "/usr" ];
        } // attributes);
        floating = {
          __contentAddressed = true;
          outputHashMode = "recursive";
          outputHashAlgo = "sha256";
        };
      in rec {
        source = builtins.toFile "source" "from a file\\n";
        lower = make "lower" { } "echo a low line; cat ${source} > $out; echo $salt >> $out";
        upper = make "upper" { outputs = [ "out" "dev" ]; } ''
          echo a line above
          mkdir $out $dev
          cp ${lower} $out/copy
          chmod +x $out/copy
          ln -s ${lower} $dev/lower
          echo $out > $dev/out
        '';
        addressed = make "addressed" floating "mkdir $out; cat ${lower} > $out/low";
        above = make "above" { } "cat ${addressed}/low > $out; echo ${addressed} >> $out";
        fixed = make "fixed" {
          outputHash = builtins.hashString "sha256" salt;
          outputHashAlgo = "sha256";
        } "printf %s $salt > $out";
        failing = make "failing" { } "echo the last words; exit 3";
        slow = make "slow" { } "echo begun; exec sleep 1000";
        local = make "local" { preferLocalBuild = true; } "echo > $out";
        special = make "special" { requiredSystemFeatures = [ "special" ]; } "echo > $out";
      }
      """;

  @TempDir static Path folder;
  private static Sshd sshd;
  private static Bc bc;
  private static Bc other;
  private static int salts;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(folder.resolve("graph.nix"), GRAPH);
    sshd = new Sshd(Files.createDirectory(folder.resolve("ssh")));
    bc = new Bc();
    other = new Bc();
    Files.writeString(other.root().resolve("bc.conf"), "system-features = special\n");
    Path nix = Files.createDirectories(folder.resolve("nix/conf")).getParent();
    Files.writeString(
        nix.resolve("conf/nix.conf"),
        """
        allowed-impure-host-deps = /bin /etc/alternatives /lib /lib64 /usr
        substituters =
        sandbox = true
        sandbox-build-dir = /build
        build-users-group =
        experimental-features = ca-derivations nix-command
        """);
    for (String program : List.of("nix-daemon", "nix-store")) {
      script(
          nix.resolve(program),
          "NIX_CONF_DIR=%s/conf NIX_REMOTE= exec /usr/bin/%s \"$@\" --store %s/root"
              .formatted(nix, program, nix));
      Path link = Files.createDirectories(folder.resolve("bc/names")).resolve(program);
      Files.createSymbolicLink(link, Bc.program());
      script(
          folder.resolve("bc").resolve(program),
          "BC_ROOT=%s exec %s \"$@\"".formatted(other.root(), link));
    }
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterAll
  static void stop() {
    other.close();
    bc.close();
    sshd.close();
    // Nix leaves folders that nobody may write.
    Command.run(folder, Map.of(), List.of("chmod", "-R", "u+w", folder + "/nix"));
  }

  /** The URL of a machine's store that is served by Nix or by bc. */
  private static String url(String scheme, String server) {
    String program = scheme.equals("ssh") ? "nix-store" : "nix-daemon";
    return scheme
        + "://"
        + Sshd.HOST
        + ":"
        + sshd.port()
        + "?remote-program="
        + folder.resolve(server).resolve(program);
  }

  private static String machine(String url) throws IOException {
    return url + " x86_64-linux " + sshd.key() + " 2 1 ca-derivations - " + sshd.hostKey();
  }

  /** A new one makes new derivations. */
  private static synchronized String salt() {
    return "salt" + ProcessHandle.current().pid() + "-" + ++salts;
  }

  private static Command.Result build(
      String salt, String attribute, String machines, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("build", "./graph.nix", "-A", attribute, "--no-link", "-L"));
    arguments.addAll(List.of("--argstr", "salt", salt, "--builders", machines));
    arguments.addAll(Arrays.asList(more));
    return bc.run(folder, arguments.toArray(String[]::new));
  }

  /** What Nix builds on this machine, in a store of its own. */
  private static List<String> atHome(String salt, String attribute) {
    return Nix.run(
            folder,
            "nix-build",
            "--no-out-link",
            "graph.nix",
            "--argstr",
            "salt",
            salt,
            "-A",
            attribute)
        .orFail()
        .lines()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"ssh-ng, nix", "ssh, nix", "ssh-ng, bc", "ssh, bc"})
  void buildsOnAnotherMachineWhatNixBuildsHere(String scheme, String server) throws IOException {
    String salt = salt();
    String url = url(scheme, server);
    Command.Result built = build(salt, "upper", machine(url), "-j", "0");
    List<String> outputs = built.orFail().lines().toList();
    List<String> expected = atHome(salt, "upper");
    assertEquals(expected.getFirst(), outputs.getFirst());
    assertEquals(
        "from a file\n" + salt + "\n", Files.readString(bc.view(outputs.getFirst() + "/copy")));
    assertTrue(built.err().contains("lower.drv' on '" + url + "'"), built.err());
    assertTrue(built.err().contains("lower> a low line\n"), built.err());
    assertTrue(built.err().contains("upper> a line above\n"), built.err());
    assertEquals("a line above\n", bc.run("log", outputs.getFirst()).orFail());
    String dev = build(salt, "upper.dev", machine(url), "-j", "0").orFail().strip();
    List<String> both = List.of(outputs.getFirst(), dev);
    assertEquals(List.of(dev), atHome(salt, "upper.dev"));
    assertEquals(Nix.query(folder, both), bc.query(both));
  }

  @ParameterizedTest
  @CsvSource({"ssh-ng, nix", "ssh, nix", "ssh-ng, bc", "ssh, bc"})
  void contentAddressedOutputsComeBackUnderNixsPaths(String scheme, String server)
      throws IOException {
    String salt = salt();
    String machine = machine(url(scheme, server));
    for (String attribute : List.of("addressed", "above", "fixed")) {
      String path = build(salt, attribute, machine, "-j", "0").orFail().strip();
      assertEquals(atHome(salt, attribute), List.of(path));
    }
  }

  @ParameterizedTest
  @CsvSource({"ssh-ng, nix", "ssh, nix", "ssh-ng, bc", "ssh, bc"})
  void failuresComeBackWithTheirLog(String scheme, String server) throws IOException {
    String machine = machine(url(scheme, server));
    Command.Result failed = build(salt(), "failing", machine, "-j", "0");
    assertEquals(100, failed.status(), failed.err());
    assertTrue(failed.err().contains("failing> the last words\n"), failed.err());
    assertTrue(failed.err().contains("failed with exit code 3"), failed.err());
    Command.Result late = build(salt(), "slow", machine, "-j", "0", "--timeout", "2");
    assertEquals(101, late.status(), late.err());
    assertTrue(late.err().contains("timed out after 2 seconds"), late.err());
  }

  /** Nix has no way to name a port: its own options of ssh do. */
  @ParameterizedTest
  @ValueSource(strings = {"ssh-ng", "ssh"})
  void nixBuildsOnBc(String scheme) throws IOException {
    String salt = salt();
    String program = scheme.equals("ssh") ? "nix-store" : "nix-daemon";
    String url =
        scheme + "://" + Sshd.HOST + "?remote-program=" + folder.resolve("bc").resolve(program);
    Map<String, String> variables = Map.of("NIX_SSHOPTS", sshd.options());
    Path store = folder.resolve("client-" + scheme);
    for (String attribute : List.of("upper", "fixed", "addressed")) {
      Command.Result built =
          Command.run(
              folder,
              variables,
              List.of(
                  "nix-build",
                  "--store",
                  store.toString(),
                  "--no-out-link",
                  "graph.nix",
                  "--argstr",
                  "salt",
                  salt,
                  "-A",
                  attribute,
                  "-j0",
                  "--option",
                  "substitute",
                  "false",
                  "--option",
                  "experimental-features",
                  "ca-derivations",
                  "--builders",
                  url + " x86_64-linux " + sshd.key() + " 2 1 ca-derivations"));
      assertEquals(atHome(salt, attribute), built.orFail().lines().toList());
      if (attribute.equals("upper")) {
        assertTrue(built.err().contains("a line above\n"), built.err());
      }
    }
    Command.run(folder, Map.of(), List.of("chmod", "-R", "u+w", store.toString())).orFail();
  }

  @Test
  void machinesThatFailAreLeftForOthers() throws IOException {
    String salt = salt();
    Path machines = folder.resolve("machines");
    String dead = "ssh-ng://" + Sshd.HOST + ":1";
    Files.writeString(
        machines,
        """
        # nobody is there, and it would be the fastest
        %s x86_64-linux %s 8 100
        riscv x86_64-riscv
        %s
        """
            .formatted(dead, sshd.key(), machine(url("ssh-ng", "bc"))));
    Command.Result built = build(salt, "lower", "@" + machines, "-j", "0");
    built.orFail();
    assertTrue(built.err().contains("cannot build on '" + dead + "'"), built.err());
    assertTrue(built.err().contains("' on '" + url("ssh-ng", "bc") + "'"), built.err());
    // None is left: this machine builds, if it may.
    Command.Result here = build(salt(), "lower", dead + " - " + sshd.key());
    here.orFail();
    assertFalse(here.err().contains("' on '" + dead + "'..."), here.err());
    Command.Result nowhere = build(salt(), "lower", dead + " - " + sshd.key(), "-j", "0");
    assertEquals(1, nowhere.status());
    assertTrue(nowhere.err().contains("Failed to find a machine for remote build!"), nowhere.err());
    assertTrue(nowhere.err().contains("Unable to start any build;"), nowhere.err());
  }

  @Test
  void featuresChooseTheMachine() throws IOException {
    String there = url("ssh-ng", "bc");
    String plain = machine(there);
    String special = there + " - " + sshd.key() + " 1 1 special - " + sshd.hostKey();
    String demanding = there + " - " + sshd.key() + " 1 1 - special " + sshd.hostKey();
    assertEquals(1, build(salt(), "special", plain).status());
    for (String machine : List.of(special, demanding)) {
      Command.Result built = build(salt(), "special", machine);
      built.orFail();
      assertTrue(built.err().contains("' on '" + there + "'"), built.err());
    }
    Command.Result ordinary = build(salt(), "lower", demanding);
    ordinary.orFail();
    assertFalse(ordinary.err().contains("' on '"), ordinary.err());
    Command.Result local = build(salt(), "local", plain);
    local.orFail();
    assertFalse(local.err().contains("' on '"), local.err());
    Command.Result sent = build(salt(), "local", plain, "-j", "0");
    sent.orFail();
    assertTrue(sent.err().contains("' on '"), sent.err());
  }

  @Test
  void wrongHostKeysAreRefused() throws IOException {
    Path key = folder.resolve("ssh/client.pub");
    String wrong = Base64.getEncoder().encodeToString(Files.readAllBytes(key));
    String machine = url("ssh-ng", "bc") + " - " + sshd.key() + " 1 1 - - " + wrong;
    Command.Result refused = build(salt(), "lower", machine, "-j", "0");
    assertNotEquals(0, refused.status());
    assertTrue(refused.err().contains("Host key verification failed"), refused.err());
  }

  @Test
  void badMachinesAreNamedInNixsWords() {
    Command.Result bad = build(salt(), "lower", "ssh://host - - many");
    assertEquals(1, bad.status());
    assertTrue(
        bad.err()
            .contains(
                "bad machine specification: failed to convert column #3 in a row:"
                    + " 'ssh://host - - many' to 'unsigned int'"),
        bad.err());
  }
}
