package org.buildchain.language.builtins;

import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Placeholders;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** The strings that stand for outputs: paths where they are known, else placeholders. */
final class OutputStrings {
  private OutputStrings() {}

  static Str of(Evaluator ev, Derivation drv, StorePath drvPath, String output) {
    StoreDir dir = ev.host().storeDir();
    String text =
        switch (drv.outputs().get(output)) {
          case DerivationOutput.InputAddressed i -> dir.print(i.path());
          case DerivationOutput.Fixed f ->
              dir.print(
                  dir.makeContentAddressed(
                      StoreDir.outputPathName(drv.name(), output),
                      f.address(),
                      java.util.Set.of(),
                      false));
          default -> Placeholders.ofUpstream(drvPath, output);
        };
    return new Str(text, Context.of(new Context.Built(drvPath, output)));
  }
}
