package org.buildchain.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.language.builtins.BuiltinText;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.EvalSettings;
import org.junit.jupiter.api.Test;

class BuiltinTextTest {
  /** The arities are those of the functions, which are compared with Nix elsewhere. */
  @Test
  void everyBuiltinHasOneAndNothingElseDoes() {
    Map<String, BuiltinText> texts = BuiltinText.all();
    Attrs builtins = all().builtins();
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < builtins.size(); i++) {
      String name = builtins.name(i).name();
      names.add(name);
      if (builtins.value(i) instanceof Value.Builtin b) {
        assertEquals(b.def().arity(), texts.get(name).arguments().size(), name);
      }
    }
    assertEquals(names, texts.keySet());
    texts.forEach(
        (name, t) -> {
          assertFalse(t.text().isBlank(), name);
          assertFalse(t.text().contains("\n"), name);
        });
  }

  private static Evaluator all() {
    EvalSettings d = EvalSettings.DEFAULT;
    return Builtins.evaluator(
        new MemoryHost(),
        new EvalSettings(
            d.showTrace(),
            d.traceVerbose(),
            d.abortOnWarn(),
            d.maxCallDepth(),
            d.cores(),
            d.access(),
            d.lints(),
            Set.of("flakes", "fetch-tree", "fetch-closure", "dynamic-derivations")));
  }
}
