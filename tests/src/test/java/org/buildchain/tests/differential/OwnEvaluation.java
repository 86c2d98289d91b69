package org.buildchain.tests.differential;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.buildchain.tests.conformance.FolderStore;
import org.buildchain.tests.conformance.NixInstantiate;

/** This project's evaluator, in this process. */
final class OwnEvaluation {
  private final Path folder;
  private final FolderStore store;
  private final Map<String, String> environment;

  OwnEvaluation(Path folder, Path objects, Map<String, String> environment) {
    this.folder = folder;
    this.store = new FolderStore(objects);
    this.environment = environment;
  }

  /** The outcome of the expression in a file. */
  Outcome of(Path file) throws InterruptedException {
    NixInstantiate.Result r =
        new NixInstantiate(folder, store, environment)
            .run(List.of("--eval", "--strict", file.toString()), "");
    return switch (r.status()) {
      case 0 -> Outcome.value(r.out().substring(0, r.out().length() - 1));
      case 1 -> Outcome.failure(r.err());
      default -> new Outcome(Outcome.Kind.CRASH, r.err());
    };
  }
}
