package org.buildchain.tests.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.Octets;

/**
 * Runs Nix's own language tests against this evaluator and says how many agree: in the value (or in
 * failing where Nix fails), in the message's last part, and in every byte that is written.
 *
 * <p>Arguments: a checkout of Nix, then perhaps {@code -v} (differences are shown) and a part of
 * the names to run.
 */
final class LanguageConformance {
  /** How far one case agrees. */
  record Outcome(boolean value, boolean message, boolean exact, String report) {}

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
  private final FolderStore store;

  LanguageConformance(Path checkout, Path temporary) {
    functional = checkout.resolve("tests/functional").toAbsolutePath();
    store = new FolderStore(temporary);
  }

  public static void main(String[] args) throws Exception {
    List<String> rest = new ArrayList<>(List.of(args).subList(1, args.length));
    boolean verbose = rest.remove("-v");
    String wanted = rest.isEmpty() ? "" : rest.getFirst();
    LanguageConformance run =
        new LanguageConformance(Path.of(args[0]), Files.createTempDirectory("bc-conformance"));
    Map<LanguageCase.Kind, Tally> tallies = new EnumMap<>(LanguageCase.Kind.class);
    for (LanguageCase c : LanguageCase.in(run.functional.resolve("lang"))) {
      if (c.name().contains(wanted)) {
        Outcome o = run.run(c);
        tallies.computeIfAbsent(c.kind(), k -> new Tally()).add(o);
        if (!o.exact()) {
          System.out.println(
              (o.value() ? o.message() ? "layout " : "message " : "VALUE ") + c.name());
          if (verbose) {
            System.out.println(Octets.toText(o.report()).indent(4));
          }
        }
      }
    }
    tallies.forEach(
        (kind, t) ->
            System.out.println(
                kind
                    + ": of "
                    + t.cases
                    + " agree in value or failure "
                    + t.value
                    + ", in the message "
                    + t.message
                    + ", in every byte "
                    + t.exact));
    System.exit(0);
  }

  Outcome run(LanguageCase c) throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of(
            "TEST_VAR", "foo",
            "HOME", "/fake-home",
            "NIX_PATH", c.kind().succeeds() ? "lang/dir3:lang/dir4" : "");
    String input = c.kind().parses() ? c.text(".nix") : "";
    Path folder = functional;
    NixInstantiate.Result r =
        new NixInstantiate(folder, store, environment).run(c.arguments(), input);
    String out = r.out().replace(functional.toString(), "/pwd");
    String err = r.err().replace(functional.toString(), "/pwd");
    if (Files.exists(c.file(".postprocess"))) {
      err = err.replaceAll("[0-9 ]{8}([^0-9])", "<number>$1").replaceAll("[0-9]+", "<number>");
    }
    String expectedErr = c.text(".err.exp");
    boolean value =
        c.kind().succeeds() ? r.status() == 0 && out.equals(c.expectedOut()) : r.status() == 1;
    boolean message = value && messageOf(err).equals(messageOf(expectedErr));
    boolean exact = message && err.equals(expectedErr);
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

  /** The line that says what went wrong, behind the trace. */
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
