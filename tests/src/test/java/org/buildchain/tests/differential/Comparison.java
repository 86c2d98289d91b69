package org.buildchain.tests.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.Octets;

/**
 * Expressions evaluated by both sides and compared. The folder in which they stand has the same
 * name for both, also where Nix runs in a root of its own.
 */
final class Comparison {
  /** One expression and what it came to. */
  record Result(long number, String expression, Outcome own, Outcome nix) {}

  private static final Map<String, String> ENVIRONMENT =
      Map.of("HOME", "/root", "BC_TEST", "x y", "NIX_PATH", "", "LC_ALL", "C.UTF-8");

  private final Path folder;
  private final Path fixture;
  private final Path seenByNix;
  private final OwnEvaluation own;
  private final NixEvaluation nix;

  /**
   * @param folder where to put files; must not exist
   * @param nixRoot the root folder in which Nix runs, {@code /} unless it is changed
   */
  Comparison(List<String> program, Path folder, Path nixRoot) throws IOException {
    this.folder = folder;
    this.fixture = folder.resolve("a/b/fixture");
    this.seenByNix = nixRoot.resolve(folder.toString().substring(1));
    for (Path base : new HashSet<>(List.of(folder, seenByNix))) {
      Fixture.write(base.resolve(folder.relativize(fixture)));
      Files.writeString(base.resolve("mark.nix"), NixEvaluation.MARK_EXPRESSION);
    }
    Path objects = Files.createDirectories(folder.resolve("objects"));
    Path notes = Files.createDirectories(folder.resolve("notes"));
    own = new OwnEvaluation(folder, objects, ENVIRONMENT);
    nix =
        new NixEvaluation(
            program, notes, folder.resolve("store"), folder.resolve("mark.nix"), ENVIRONMENT);
  }

  /** Makes ready what threads share that compare. */
  void prepare() throws IOException, InterruptedException {
    nix.makeStore();
  }

  /** The version of the Nix that is compared with. */
  String nixVersion() throws IOException, InterruptedException {
    return nix.version();
  }

  /** Evaluates expressions, {@code first} being the number of the first. */
  List<Result> run(long first, List<String> expressions) throws IOException, InterruptedException {
    // An expression may read its own folder, so that is the same for both sides all the time.
    Path place = folder.resolve("e" + first);
    Files.createDirectories(place);
    Files.createDirectories(seen(place));
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      files.add(write(place.resolve("e" + (first + i) + ".nix"), expressions.get(i)));
    }
    List<Outcome> ours = new ArrayList<>();
    List<Path> good = new ArrayList<>();
    List<Path> bad = new ArrayList<>();
    for (Path file : files) {
      Outcome o = own.of(file);
      ours.add(o);
      (o.isValue() ? good : bad).add(file);
    }
    Iterator<Outcome> values = nix.values(good).iterator();
    Iterator<Outcome> failures = nix.failures(bad).iterator();
    List<Result> out = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Outcome o = ours.get(i);
      Outcome n = o.isValue() ? values.next() : failures.next();
      if (o.isValue() && n.isValue() && !o.equals(n)) {
        // What a process has read before decides in which order Nix makes a set's values.
        n = nix.values(files.subList(i, i + 1)).getFirst();
      }
      out.add(new Result(first + i, expressions.get(i), o, n));
    }
    for (Path file : files) {
      remove(file);
    }
    remove(place);
    return out;
  }

  private Path write(Path file, String expression) throws IOException {
    byte[] text = Octets.bytes(Octets.fromText(expression.replace("@/", fixture + "/")));
    Files.write(file, text);
    Files.write(seen(file), text);
    return file;
  }

  private Path seen(Path file) {
    return seenByNix.resolve(folder.relativize(file));
  }

  private void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(seen(file));
  }
}
