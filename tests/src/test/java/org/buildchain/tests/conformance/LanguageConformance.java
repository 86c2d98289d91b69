package org.buildchain.tests.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * Runs Nix's own language tests, {@code tests/functional/lang} of a checkout of Nix, against this
 * evaluator or another, and says how many agree, by kind and by three measures: the right value or
 * a rejection; also equal output, warnings included, or for a failure an equal first line of the
 * message; also every byte of standard error, traces and places included. A program that always
 * fails passes all cases that should fail by the first measure, so the second is the one to look
 * at.
 */
final class LanguageConformance {
  private static final String USAGE =
      """
      tests/conformance/run CHECKOUT [--since OLDER] [--command PROGRAM] [-v] [PART]
        CHECKOUT           a checkout of Nix, or just its tests/functional
        --since OLDER      only cases that are the same in another checkout
        --command PROGRAM  run this nix-instantiate instead of the evaluator itself
        -v                 show what differs
        PART               only cases whose names hold this""";

  /** How far one case agrees. */
  record Outcome(boolean value, boolean message, boolean exact, String report) {}

  /** Something that does what {@code nix-instantiate} does. */
  @FunctionalInterface
  interface Subject {
    NixInstantiate.Result run(
        Path folder, Map<String, String> environment, List<String> arguments, String input)
        throws IOException, InterruptedException;
  }

  private static final class Tally {
    int cases;
    int value;
    int message;
    int exact;

    void add(Outcome o) {
      cases++;
      value += o.value() ? 1 : 0;
      message += o.message() ? 1 : 0;
      exact += o.exact() ? 1 : 0;
    }
  }

  private final Path functional;
  private final Subject subject;

  LanguageConformance(Path checkout, Subject subject) {
    this.functional = functional(checkout);
    this.subject = subject;
  }

  private static Path functional(Path checkout) {
    Path inside = checkout.resolve("tests/functional");
    return (Files.isDirectory(inside) ? inside : checkout).toAbsolutePath().normalize();
  }

  /** The evaluator itself, in this process, with a store of its own. */
  static Subject evaluator() throws IOException {
    FolderStore store = new FolderStore(Files.createTempDirectory("bc-conformance"));
    return (folder, environment, arguments, input) ->
        new NixInstantiate(folder, store, environment).run(arguments, input);
  }

  public static void main(String[] args) throws Exception {
    List<String> rest = new ArrayList<>(List.of(args));
    boolean verbose = rest.remove("-v");
    Optional<String> since = option(rest, "--since");
    Optional<String> command = option(rest, "--command");
    if (rest.isEmpty() || rest.size() > 2) {
      System.err.println(USAGE);
      System.exit(2);
    }
    LanguageConformance run =
        new LanguageConformance(
            Path.of(rest.getFirst()),
            command.isPresent() ? new ProgramSubject(command.get()) : evaluator());
    String wanted = rest.size() < 2 ? "" : rest.getLast();
    boolean passed =
        run.all(wanted, since.map(s -> functional(Path.of(s)).resolve("lang")), verbose);
    System.exit(passed ? 0 : 1);
  }

  private static Optional<String> option(List<String> args, String name) {
    int i = args.indexOf(name);
    if (i < 0 || i + 1 == args.size()) {
      return Optional.empty();
    }
    args.remove(i);
    return Optional.of(args.remove(i));
  }

  /** Runs the cases, prints, and says whether all of them agree in value and message. */
  private boolean all(String wanted, Optional<Path> since, boolean verbose)
      throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Map<LanguageCase.Kind, Tally> tallies = new EnumMap<>(LanguageCase.Kind.class);
    for (LanguageCase c : LanguageCase.in(functional.resolve("lang"))) {
      if (!c.name().contains(wanted) || (since.isPresent() && !c.isSameIn(since.get()))) {
        continue;
      }
      Outcome o = run(c);
      tallies.computeIfAbsent(c.kind(), k -> new Tally()).add(o);
      if (!o.exact()) {
        out.println((o.value() ? o.message() ? "layout  " : "message " : "VALUE   ") + c.name());
        if (verbose) {
          out.println(Octets.toText(o.report()).indent(4));
        }
      }
    }
    out.printf(
        "%-12s%8s%20s%24s%14s%n",
        "", "cases", "value or rejected", "and output or message", "every byte");
    boolean passed = true;
    for (Map.Entry<LanguageCase.Kind, Tally> e : tallies.entrySet()) {
      Tally t = e.getValue();
      passed &= t.message == t.cases;
      out.printf(
          "%-12s%8d%20d%24d%14d%n",
          e.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          t.cases,
          t.value,
          t.message,
          t.exact);
    }
    return passed;
  }

  Outcome run(LanguageCase c) throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of(
            "TEST_VAR", "foo",
            "HOME", "/fake-home",
            "NIX_PATH", c.kind().succeeds() ? "lang/dir3:lang/dir4" : "");
    String input = c.kind().parses() ? c.text(".nix") : "";
    NixInstantiate.Result r = subject.run(functional, environment, c.arguments(), input);
    String out = r.out().replace(functional.toString(), "/pwd");
    String err = r.err().replace(functional.toString(), "/pwd");
    if (Files.exists(c.file(".postprocess"))) {
      err = err.replaceAll("[0-9 ]{8}([^0-9])", "<number>$1").replaceAll("[0-9]+", "<number>");
    }
    String expectedErr = c.text(".err.exp");
    boolean value =
        c.kind().succeeds() ? r.status() == 0 && out.equals(c.expectedOut()) : r.status() == 1;
    boolean exact = value && err.equals(expectedErr);
    boolean message =
        value && (c.kind().succeeds() ? exact : messageOf(err).equals(messageOf(expectedErr)));
    return new Outcome(
        value,
        message,
        exact,
        "status "
            + r.status()
            + "\n--- expected\n"
            + c.expectedOut()
            + expectedErr
            + "--- found\n"
            + out
            + err);
  }

  /** The first line of what went wrong, behind the trace. */
  private static String messageOf(String err) {
    String found = "";
    for (String line : err.split("\n")) {
      String s = line.strip();
      if (s.startsWith("error: ") || (found.isEmpty() && !s.isEmpty())) {
        found = s;
      }
    }
    return found;
  }
}
