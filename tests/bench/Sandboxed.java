import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.realise.BuildExit;
import org.buildchain.derivation.realise.BuildJob;
import org.buildchain.sandbox.SandboxBuilder;

/**
 * Prints the milliseconds that a builder takes in the sandbox, with nothing around it: a median.
 */
final class Sandboxed {
  private Sandboxed() {}

  public static void main(String[] args) throws Exception {
    SandboxBuilder builder = new SandboxBuilder(Path.of(args[0]));
    Path folder = Files.createDirectories(Path.of(args[1]));
    int rounds = Integer.parseInt(args[2]);
    long[] nanos = new long[rounds];
    // The first ones warm the virtual machine, as a daemon is.
    for (int i = -rounds; i < rounds; i++) {
      Path own = Files.createDirectory(folder.resolve("run" + (i + rounds)));
      BuildJob job =
          new BuildJob(
              "run",
              "/bin/sh",
              List.of("-c", "echo > $out"),
              new TreeMap<>(Map.of("out", "/nix/store/out")),
              "/nix/store",
              new TreeSet<>(),
              Files.createDirectory(own.resolve("in")),
              new TreeSet<>(),
              Files.createDirectory(own.resolve("out")),
              Files.createDirectory(own.resolve("build")),
              "/build",
              new TreeMap<>(
                  Map.of("/bin", "/bin", "/lib", "/lib", "/lib64", "/lib64", "/usr", "/usr")),
              false,
              BuildJob.Limits.NONE);
      long start = System.nanoTime();
      BuildExit exit = builder.run(job, (buffer, offset, length) -> {});
      if (!exit.equals(new BuildExit.Exited(0))) {
        throw new IllegalStateException(exit.toString());
      }
      if (i >= 0) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.println(nanos[rounds / 2] / 1e6);
    System.exit(0);
  }
}
