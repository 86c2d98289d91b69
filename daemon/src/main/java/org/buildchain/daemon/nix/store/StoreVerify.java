package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --verify}. Source: Nix manual, "nix-store --verify". */
@Command(
    name = "nix-store --verify",
    description = "Checks the store.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --verify --check-contents")
final class StoreVerify extends StoreOperation {
  @Option(names = "--check-contents", description = "Read and digest all of it again.")
  private boolean contents;

  @Option(names = "--repair", description = "Fetch or build again what is damaged.")
  private boolean repair;

  @Override
  protected int run() throws IOException, InterruptedException {
    noArguments();
    if (!contents && !repair) {
      // What is registered was made durable before; without reading it there is nothing to check
      // but that every reference is valid.
      store().closure(store().allPaths());
      return 0;
    }
    SortedSet<StorePath> damaged = new TreeSet<>();
    store()
        .verify(
            store().allPaths(),
            (path, problem) -> {
              damaged.add(path);
              context.messages().shownError("error: " + print(path) + ": " + problem);
            });
    boolean whole =
        repair ? Mending.of(context, chosen()).mend(damaged).isEmpty() : damaged.isEmpty();
    if (!whole) {
      context.messages().warning("not all store errors were fixed");
    }
    return whole ? 0 : 1;
  }
}
