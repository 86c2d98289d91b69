package org.buildchain.daemon.command.store;

import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/** Says that the store is there. Source: Nix 2.26 manual, {@code nix store info}. */
@Command(
    name = "info",
    description = "Says that the store can be used, and by which version of bc.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc store info --json", "  bc daemon status     where it is, and who serves it"})
final class StoreInfoCommand extends BcCommand {
  /** What Nix calls a store that a program has to itself. */
  private static final String URL = "local";

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() {
    String version = context.services().version();
    if (json) {
      // A daemon serves those alone who may do all that it may.
      context
          .messages()
          .println(
              new ObjectMapper()
                  .createObjectNode()
                  .put("trusted", 1)
                  .put("url", URL)
                  .put("version", version)
                  .toString());
      return 0;
    }
    context.messages().note("Store URL: " + URL);
    context.messages().note("Version: " + version);
    context.messages().note("Trusted: 1");
    return 0;
  }
}
