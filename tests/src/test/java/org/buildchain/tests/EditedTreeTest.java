package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that goes on with what it evaluated before says the same as an evaluation from nothing,
 * whatever was edited in between; and so does one that was started anew. The evaluation from
 * nothing is Nix's, of the same tree at the same moment.
 *
 * <p>{@code -Dbc.edits=N -Dbc.seed=S} make it longer and other.
 */
@Timeout(600)
class EditedTreeTest {
  private static final int EDITS = Integer.getInteger("bc.edits", 150);
  private static final int RESTARTS = 10;
  private static final long SEED = Long.getLong("bc.seed", 20261121);

  private static final List<String> NIX_EVAL =
      List.of("nix-instantiate", "--readonly-mode", "--eval", "--strict", "--json", ".");
  private static final List<String> EVAL = List.of(Bc.program().toString(), "eval", "--json", ".");

  private static final List<String> NIX_INSTANTIATE =
      List.of("nix-instantiate", "--readonly-mode", ".", "-A", "packages");
  private static final List<String> INSTANTIATE =
      List.of(Bc.program().toString(), "instantiate", ".", "-A", "packages");

  @TempDir Path folder;

  @Test
  void editsAreSeen() throws IOException {
    EditedTree tree = new EditedTree(folder.toRealPath(), SEED);
    List<String> history = new ArrayList<>();
    int values = 0;
    try (Bc bc = new Bc()) {
      for (int i = 0; i < EDITS; i++) {
        String what = "seed " + SEED + ", after " + history + "\n";
        if (same(tree, NIX_EVAL, EVAL, bc, what)) {
          values++;
        }
        same(tree, NIX_INSTANTIATE, INSTANTIATE, bc, what);
        if (i % RESTARTS == RESTARTS - 1) {
          // The next daemon finds the answers of this one on the disk, for a tree that may differ.
          bc.run("daemon", "stop").orFail();
          history.add("a restart");
        }
        if (i % 3 != 2) {
          history.add(tree.edit());
        }
      }
    }
    // Or nothing was compared but failures.
    assertTrue(values > EDITS / 2, values + " of " + EDITS + " trees have a value");
  }

  /** Compares one evaluation with Nix's; whether there is a value. */
  private static boolean same(
      EditedTree tree, List<String> theirs, List<String> ours, Bc bc, String what) {
    Command.Result nix = evaluate(tree, theirs, "");
    Command.Result own = evaluate(tree, ours, bc.root().toString());
    String all = what + own.err() + nix.err();
    assertEquals(nix.status(), own.status(), all);
    if (nix.status() != 0) {
      // What is kept of a failure is what was told of it.
      assertEquals(own.err(), evaluate(tree, ours, bc.root().toString()).err(), all);
      return false;
    }
    assertEquals(nix.out().strip(), own.out().strip(), all);
    assertEquals(traces(nix), traces(own), all);
    return true;
  }

  private static List<String> traces(Command.Result result) {
    return result.err().lines().filter(l -> l.startsWith("trace: ")).toList();
  }

  private static Command.Result evaluate(EditedTree tree, List<String> command, String root) {
    Map<String, String> variables = new HashMap<>(tree.variables());
    variables.put("BC_ROOT", root);
    return Command.run(tree.folder(), variables, command);
  }
}
