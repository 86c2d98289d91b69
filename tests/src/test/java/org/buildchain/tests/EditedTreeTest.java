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
 * whatever was edited in between. The evaluation from nothing is Nix's, of the same tree at the
 * same moment.
 *
 * <p>{@code -Dbc.edits=N -Dbc.seed=S} make it longer and other.
 */
@Timeout(600)
class EditedTreeTest {
  private static final int EDITS = Integer.getInteger("bc.edits", 150);
  private static final long SEED = Long.getLong("bc.seed", 20261121);

  private static final List<String> NIX =
      List.of("nix-instantiate", "--readonly-mode", "--eval", "--strict");

  @TempDir Path folder;

  @Test
  void editsAreSeen() throws IOException {
    EditedTree tree = new EditedTree(folder.toRealPath(), SEED);
    List<String> history = new ArrayList<>();
    int values = 0;
    try (Bc bc = new Bc()) {
      for (int i = 0; i < EDITS; i++) {
        Command.Result nix = evaluate(tree, NIX, "");
        Command.Result own =
            evaluate(tree, List.of(Bc.program().toString(), "eval"), bc.root().toString());
        String what = "seed " + SEED + ", after " + history + "\n" + own.err() + nix.err();
        assertEquals(nix.status(), own.status(), what);
        if (nix.status() == 0) {
          values++;
          assertEquals(nix.out().strip(), own.out().strip(), what);
        }
        history.add(tree.edit());
      }
    }
    // Or nothing was compared but failures.
    assertTrue(values > EDITS / 2, values + " of " + EDITS + " trees have a value");
  }

  private static Command.Result evaluate(EditedTree tree, List<String> program, String root) {
    Map<String, String> variables = new HashMap<>(tree.variables());
    variables.put("BC_ROOT", root);
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--json", "."));
    return Command.run(tree.folder(), variables, command);
  }
}
