package org.buildchain.fuse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.buildchain.fuse.device.MountTable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens between processes, by each way of mounting. */
class MountProcessesTest {
  /** The ways. */
  enum Way {
    DIRECT,
    JNR;

    MountProvider provider() {
      return this == DIRECT ? new DirectMountProvider() : new JnrMountProvider();
    }
  }

  @TempDir Path temporary;
  private final MemoryView view = new MemoryView();

  @ParameterizedTest
  @EnumSource
  void aMountLeftByAKilledProcessIsReplaced(Way way) throws Exception {
    Path place = Files.createDirectory(temporary.resolve("left here"));
    Process other = holder(way, List.of(), classPath(), place);
    try {
      assertEquals("mounted", readLine(other));
      assertEquals("held", Files.readString(place.resolve("file")));
    } finally {
      other.destroyForcibly().waitFor();
    }
    // Nobody answers there any more.
    assertEquals(List.of("fuse.bc"), MountTable.typesAt(place));
    // What the kernel has of the old mount it may go on showing; all else fails.
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> Files.readString(place.resolve("never asked for")));
    assertEquals("Transport endpoint is not connected", e.getReason());

    view.root.file("file", "ours".getBytes(UTF_8), false);
    try (StoreMount mount = way.provider().mount(view, place, new MountOptions(true, 2))) {
      assertEquals("ours", Files.readString(mount.mountpoint().resolve("file")));
    }
    assertEquals(List.of(), MountTable.typesAt(place));
  }

  /** An ordinary user mounts by the set-uid helper; nobody else, root included, may look in. */
  @ParameterizedTest
  @EnumSource
  void anOrdinaryUserMounts(Way way) throws Exception {
    Path place = Files.createTempDirectory(Path.of("/tmp"), "bc-fuse-test");
    Path classes = Files.createDirectory(place.resolve("classes"));
    Path mountpoint = Files.createDirectory(place.resolve("mnt"));
    try {
      String classPath = copyOfClassPath(classes);
      MountContract.run("chmod", "-R", "a+rX", place.toString());
      // As Debian's udev leaves the device; some containers have it for root only.
      MountContract.run("chmod", "0666", "/dev/fuse");
      MountContract.run("chown", "65534:65534", mountpoint.toString());
      Process user =
          holder(
              way,
              List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
              classPath,
              mountpoint);
      try {
        assertEquals("mounted", readLine(user));
        assertEquals(List.of("fuse.bc"), MountTable.typesAt(mountpoint));
        assertTrue(!Files.isReadable(mountpoint.resolve("file")));
        user.getOutputStream().close();
        assertEquals("read: held", readLine(user));
        assertTrue(user.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, user.exitValue());
        assertEquals(List.of(), MountTable.typesAt(mountpoint));
      } finally {
        user.destroyForcibly().waitFor();
      }
    } finally {
      MountContract.run("rm", "-rf", "--one-file-system", place.toString());
    }
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The class path may lie where only root can look. */
  private static String copyOfClassPath(Path to) throws Exception {
    List<String> copies = new ArrayList<>();
    for (String element : classPath().split(File.pathSeparator)) {
      Path copy = to.resolve(String.valueOf(copies.size()) + Path.of(element).getFileName());
      if (Files.exists(Path.of(element))) {
        MountContract.run("cp", "-r", element, copy.toString());
        copies.add(copy.toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static Process holder(Way way, List<String> prefix, String classPath, Path place)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath,
            Holder.class.getName(),
            place.toString(),
            way.name()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String readLine(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = process.getInputStream().read()) >= 0 && c != '\n'; ) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** A process that mounts a view, says so, and unmounts when its input ends. */
  static final class Holder {
    private Holder() {}

    /** Mounts at {@code args[0]}, by the way {@code args[1]}. */
    public static void main(String[] args) throws IOException {
      MemoryView view = new MemoryView();
      view.root.file("file", "held".getBytes(UTF_8), false);
      MountProvider provider = Way.valueOf(args[1]).provider();
      boolean root = System.getProperty("user.name").equals("root");
      try (StoreMount mount = provider.mount(view, Path.of(args[0]), new MountOptions(root, 2))) {
        System.out.println("mounted");
        System.in.readAllBytes();
        System.out.println("read: " + Files.readString(mount.mountpoint().resolve("file")));
      }
    }
  }
}
