package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.buildchain.derivation.site.BuildExit.Exited;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A builder tries what it must not. Each attempt is run on the host as well, where it succeeds: so
 * it is the sandbox that stops it, and the test can fail. Runs as root, and again as an ordinary
 * user in a process of its own.
 */
@Timeout(120)
class HostileBuilderTest {
  @TempDir Path folder;
  private Jobs jobs;

  @BeforeEach
  void prepare() throws IOException {
    jobs = new Jobs(folder);
  }

  private void assertOnlyTheHostLets(String script) throws Exception {
    assertEquals(0, onTheHost(script), "the attempt must succeed without the sandbox: " + script);
    assertNotEquals(new Exited(0), jobs.run(script), script);
  }

  private int onTheHost(String script) throws Exception {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", script)
            .directory(Files.createTempDirectory(folder, "host").toFile())
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return process.exitValue();
  }

  @Test
  void theNetworkIsOutOfReach() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String script = "exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + "'";
      assertOnlyTheHostLets(script);
      // A fixed output's builder has the network.
      Jobs fixed = new Jobs(Files.createDirectory(folder.resolve("fixed")));
      fixed.network = true;
      assertEquals(new Exited(0), fixed.run(script), fixed.log());
    }
  }

  @Test
  void otherProcessesAreOutOfReach() throws Exception {
    Process victim = new ProcessBuilder("sleep", "1000").start();
    try {
      assertOnlyTheHostLets("kill -0 " + victim.pid());
      assertOnlyTheHostLets("test -e /proc/" + victim.pid() + "/cmdline");
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  @Test
  void filesOfTheHostAreOutOfReach() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    assertOnlyTheHostLets("cat " + secret);
    assertOnlyTheHostLets("cat /etc/shadow");
    assertOnlyTheHostLets("echo changed > " + secret);
    assertOnlyTheHostLets("touch /usr/bc-test-outside && rm /usr/bc-test-outside");
    assertOnlyTheHostLets("ls /sys/kernel");
  }

  @Test
  void nothingOutsideItsFoldersIsWritable() throws Exception {
    assertOnlyTheHostLets("touch /bc-test-outside && rm /bc-test-outside");
    assertOnlyTheHostLets("touch /etc/bc-test-outside && rm /etc/bc-test-outside");
    assertOnlyTheHostLets("touch /dev/bc-test-outside && rm /dev/bc-test-outside");
  }

  @Test
  void kernelSettingsAreOutOfReach() throws Exception {
    assertOnlyTheHostLets("f=/proc/sys/kernel/domainname; cat $f > saved && cat saved > $f");
  }

  @Test
  void noSetUserIdBitIsSet() throws Exception {
    assertOnlyTheHostLets("touch f && chmod u+s f");
    assertOnlyTheHostLets("touch f && chmod 2755 f");
    assertOnlyTheHostLets("mkdir d && chmod g+s d");
    // The mode given to open(2), which no umask clears of this bit.
    assertOnlyTheHostLets(
        "perl -e 'use Fcntl; sysopen(F, \"f\", O_CREAT|O_WRONLY, 04755) or exit 1;"
            + " exit((stat F)[2] & 04000 ? 0 : 1)'");
  }

  @Test
  void extendedAttributesAreOutOfReach() throws Exception {
    // getxattr of an attribute that does not exist: ENODATA (61) where there are attributes at all.
    String number = System.getProperty("os.arch").equals("aarch64") ? "8" : "191";
    assertOnlyTheHostLets(
        "perl -e '$n = \"user.bc\"; $b = \"x\" x 9; $d = \".\"; syscall("
            + number
            + ", $d, $n, $b, 9); exit($!+0 == 61 ? 0 : 1)'");
  }

  @Test
  void noRightIsRegained() throws Exception {
    // On the host this process is root; inside, a set-user-id program gives nothing.
    assertOnlyTheHostLets("test \"$(id -u)\" = 0");
    assertOnlyTheHostLets("grep -q 'CapBnd:.*[1-9a-f]' /proc/self/status");
    assertOnlyTheHostLets("mkdir m && mount -t tmpfs none m && umount m");
    assertOnlyTheHostLets("mknod device c 1 3");
  }

  @Test
  void mountsStayInsideEvenForRootOfAnInnerNamespace() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    assertOnlyTheHostLets(
        "unshare -Urm sh -c 'umount -l /proc; umount -l /usr; cat " + secret + "'");
  }

  @Test
  void theBuilderDiesWithTheDaemon() throws Exception {
    String marker = "8463" + System.nanoTime();
    Process daemon = child(List.of(), classPath(), helper(), "dies", marker);
    List<ProcessHandle> builders;
    try {
      assertEquals("begun", readLine(daemon));
      builders =
          SandboxBuilderTest.processes(marker).stream()
              .filter(p -> p.pid() != daemon.pid())
              .toList();
      assertEquals(1, builders.size());
    } finally {
      daemon.destroyForcibly().waitFor();
    }
    for (ProcessHandle builder : builders) {
      builder.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void anOrdinaryUserHasTheSameSandbox() throws Exception {
    Path place = Files.createTempDirectory(Path.of("/tmp"), "bc-sandbox-test");
    try {
      Path classes = Files.createDirectory(place.resolve("classes"));
      List<String> copies = new ArrayList<>();
      for (String element : classPath().split(File.pathSeparator)) {
        Path copy = classes.resolve(copies.size() + "-" + Path.of(element).getFileName());
        if (Files.exists(Path.of(element))) {
          host("cp", "-r", element, copy.toString());
          copies.add(copy.toString());
        }
      }
      Path helper = Files.copy(helper(), place.resolve("bc-sandbox"));
      Path work = Files.createDirectory(place.resolve("work"));
      host("chmod", "-R", "a+rX", place.toString());
      host("chmod", "755", helper.toString());
      host("chown", "65534:65534", work.toString());
      Process user =
          child(
              List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
              String.join(File.pathSeparator, copies),
              helper,
              "rootless",
              work.toString());
      assertEquals(
          """
          probe Optional.empty
          Exited[status=0]
          1000:100
          CapBnd: 0000000000000000
          chmod: refused
          network: refused
          root: refused
          made
          """,
          new String(user.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } finally {
      host("rm", "-rf", place.toString());
    }
  }

  private static Path helper() {
    return Path.of(System.getProperty("bc.native"), "bc-sandbox");
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void host(String... command) throws Exception {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static Process child(
      List<String> prefix, String classPath, Path helper, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, Child.class.getName(), helper.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String readLine(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = process.getInputStream().read()) >= 0 && c != '\n'; ) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** A process of its own that runs one builder. */
  static final class Child {
    private Child() {}

    /** Arguments: the helper, what to do, and what that needs. */
    public static void main(String[] args) throws Exception {
      Path helper = Path.of(args[0]);
      if (args[1].equals("dies")) {
        Jobs jobs = new Jobs(Files.createTempDirectory("bc-sandbox-child"), helper);
        jobs.args = List.of("-c", "echo begun; exec sleep \"$0\"", args[2]);
        jobs.run(
            (buffer, offset, length) -> {
              System.out.write(buffer, offset, length);
              System.out.flush();
            });
        return;
      }
      Jobs jobs = new Jobs(Path.of(args[2]), helper);
      System.out.println("probe " + new SandboxBuilder(helper).probe());
      System.out.println(
          jobs.run(
              """
              echo "$(id -u):$(id -g)"
              grep CapBnd /proc/self/status | tr '\\t' ' '
              chmod u+s . 2>/dev/null || echo "chmod: refused"
              ip link 2>/dev/null | grep -v '^ ' | grep -qv ': lo:' || echo "network: refused"
              touch /x 2>/dev/null || echo "root: refused"
              echo made > /nix/store/out
              """));
      System.out.print(jobs.log());
      System.out.print(Files.readString(jobs.output.resolve("out")));
    }
  }
}
