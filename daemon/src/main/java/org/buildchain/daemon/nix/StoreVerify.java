package org.buildchain.daemon.nix;

import java.io.IOException;
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

  @Option(names = "--repair", description = "Not there yet: build again what is damaged.")
  private boolean repair;

  @Override
  int run() throws IOException {
    noArguments();
    NixBuild.refuse(repair, "--repair");
    if (!contents) {
      // What is registered was made durable before; without reading it there is nothing to check
      // but that every reference is valid.
      store().closure(store().allPaths());
      return 0;
    }
    int problems = store().verify(p -> context.messages().shownError("error: " + p));
    if (problems > 0) {
      context.messages().warning("not all store errors were fixed");
    }
    return problems == 0 ? 0 : 1;
  }
}
