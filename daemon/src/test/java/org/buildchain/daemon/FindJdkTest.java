package org.buildchain.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher's search for a JDK, {@code tools/find-jdk.sh}, among folders that look like some.
 */
class FindJdkTest {
  private static final Path SCRIPT = Path.of("../tools/find-jdk.sh").toAbsolutePath().normalize();

  @TempDir Path temp;

  private Path jdk(String name, String version) throws IOException {
    Path home = temp.resolve(name);
    Path bin = Files.createDirectories(home.resolve("bin"));
    for (String program : new String[] {"java", "javac"}) {
      assertTrue(Files.writeString(bin.resolve(program), "").toFile().setExecutable(true));
    }
    Files.writeString(home.resolve("release"), "OS=\"Linux\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private record Found(int status, String home, String err) {}

  private Found find(Map<String, String> env) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", ". " + SCRIPT + "; find_jdk && echo \"$JAVA_HOME\"");
    builder.environment().clear();
    builder.environment().put("PATH", "/bin");
    builder.environment().put("BC_JDK_FOLDERS", temp + "/list/*");
    builder.environment().putAll(env);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Found(process.waitFor(), out.strip(), err);
  }

  @Test
  void javaHomeComesFirstIfItIsNewEnough() throws Exception {
    Path listed = jdk("list/b", "25");
    Path good = jdk("good", "26.0.1");
    assertEquals(good.toString(), find(Map.of("JAVA_HOME", good.toString())).home());
    Path old = jdk("old", "17.0.9");
    assertEquals(listed.toString(), find(Map.of("JAVA_HOME", old.toString())).home());
  }

  @Test
  void aCompilerOnThePathComesBeforeTheFolders() throws Exception {
    jdk("list/b", "25.0.1");
    Path onPath = jdk("on-path", "25-ea");
    Path links = Files.createDirectories(temp.resolve("links"));
    Files.createSymbolicLink(links.resolve("javac"), onPath.resolve("bin/javac"));
    Found found = find(Map.of("PATH", links + ":/bin:/usr/bin"));
    assertEquals(onPath.toRealPath().toString(), found.home());
  }

  @Test
  void whereThereIsNoneTheMessageSaysWhatToInstall() throws Exception {
    jdk("list/a", "21.0.2");
    Path runtimeOnly = jdk("list/c", "25");
    Files.delete(runtimeOnly.resolve("bin/javac"));
    Found found = find(Map.of());
    assertEquals(1, found.status());
    assertTrue(found.err().contains("needs a JDK of version 25 or newer"), found.err());
  }
}
