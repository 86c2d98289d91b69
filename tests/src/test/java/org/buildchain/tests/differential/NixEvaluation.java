package org.buildchain.tests.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.buildchain.store.format.Octets;

/**
 * Nix. It takes 20 milliseconds to start, so one process evaluates many files: {@code
 * nix-instantiate} those that will probably have a value, ending at the first that fails; {@code
 * nix repl}, which goes on after an error, the others.
 */
final class NixEvaluation {
  /** What stands in the file {@code mark}. */
  static final String MARK_EXPRESSION = "\"=== next ===\"";

  private static final int SECONDS = 60;
  private static final String MARK = "\n" + MARK_EXPRESSION + "\n";
  private static final String BEGINS = "trace: === next ===\n";

  private static final Pattern ERROR = Pattern.compile("(?m)^ *error:");

  private final List<String> instantiate;
  private final List<String> repl;
  private final Path folder;
  private final Path mark;
  private final Map<String, String> environment;

  /**
   * @param program {@code nix-instantiate}, perhaps with what runs it before; {@code nix} must
   *     stand beside it
   * @param folder for this process's notes
   * @param store for {@code nix repl}, which writes to its store
   * @param mark a file that holds {@link #MARK_EXPRESSION}
   */
  NixEvaluation(
      List<String> program, Path folder, Path store, Path mark, Map<String, String> environment) {
    instantiate = program;
    repl = new ArrayList<>(program);
    repl.set(repl.size() - 1, repl.getLast().replaceFirst("-instantiate$", ""));
    repl.addAll(
        List.of(
            "--extra-experimental-features",
            "nix-command",
            "--store",
            store.toString(),
            "repl",
            "--option",
            "allow-import-from-derivation",
            "false"));
    this.folder = folder;
    this.mark = mark;
    this.environment = environment;
  }

  /** Makes the store, which of several processes that find none only one can. */
  void makeStore() throws IOException, InterruptedException {
    run(repl, List.of(), "");
  }

  /** The version that the program says it has. */
  String version() throws IOException, InterruptedException {
    return run(instantiate, List.of("--version"), "").out.replaceAll("(?s).*\\) *", "").strip();
  }

  /** The outcomes of files, most of which have a value, in their order. */
  List<Outcome> values(List<Path> files) throws IOException, InterruptedException {
    List<Outcome> out = new ArrayList<>();
    while (out.size() < files.size()) {
      List<String> arguments =
          new ArrayList<>(
              List.of("--eval", "--strict", "--option", "allow-import-from-derivation", "false"));
      for (Path f : files.subList(out.size(), files.size())) {
        arguments.add(f.toString());
        arguments.add(mark.toString());
      }
      Run r = run(instantiate, arguments, "");
      // A printed path may hold line ends, so values can't be told apart by lines.
      for (int at = 0, end = r.out.indexOf(MARK); end >= 0; end = r.out.indexOf(MARK, at)) {
        out.add(Outcome.value(r.out.substring(at, end)));
        at = end + MARK.length();
      }
      if (r.status != 0) {
        out.add(r.status == 1 ? Outcome.failure(r.err) : new Outcome(Outcome.Kind.CRASH, r.err));
      } else if (out.size() != files.size()) {
        throw new IOException("Nix did not print a value for each expression");
      }
    }
    return out;
  }

  /** The outcomes of files, most of which fail, in their order. */
  List<Outcome> failures(List<Path> files) throws IOException, InterruptedException {
    List<Outcome> out = new ArrayList<>();
    while (out.size() < files.size()) {
      StringBuilder input = new StringBuilder();
      for (Path f : files.subList(out.size(), files.size())) {
        input
            .append("builtins.trace \"=== next ===\" (let e = import ")
            .append(f)
            .append("; in builtins.deepSeq e null)\n");
      }
      Run r = run(repl, List.of(), input.toString());
      String[] parts = r.err.split(BEGINS, -1);
      // A stack overflow ends old versions; what came before has been answered.
      for (int i = 1; i < parts.length; i++) {
        boolean failed = ERROR.matcher(parts[i]).find();
        out.add(
            failed ? Outcome.failure(parts[i]) : values(List.of(files.get(out.size()))).getFirst());
      }
      if (parts.length == 1) {
        throw new IOException("nix repl answered nothing: " + r.err);
      }
    }
    return out;
  }

  private record Run(int status, String out, String err) {}

  private Run run(List<String> program, List<String> arguments, String input)
      throws IOException, InterruptedException {
    Path in = Files.createTempFile(folder, "nix", ".in");
    Path out = Files.createTempFile(folder, "nix", ".out");
    Path err = Files.createTempFile(folder, "nix", ".err");
    try {
      Files.write(in, Octets.bytes(input));
      List<String> command = new ArrayList<>(program);
      command.addAll(arguments);
      ProcessBuilder b = new ProcessBuilder(command);
      b.environment().keySet().removeIf(k -> k.startsWith("NIX"));
      b.environment().putAll(environment);
      b.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
      Process p = b.start();
      if (!p.waitFor(SECONDS, TimeUnit.SECONDS)) {
        p.destroyForcibly().waitFor();
        return new Run(1, text(out), text(err) + "error: took more than " + SECONDS + " seconds");
      }
      return new Run(p.exitValue(), text(out), text(err));
    } finally {
      Files.delete(in);
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return Octets.of(Files.readAllBytes(file));
  }
}
