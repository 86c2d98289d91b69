package org.buildchain.daemon.nix.store;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code nix-store --optimise} and {@code --init}: what this store does by itself. */
@Command(
    name = "nix-store --optimise",
    description = "Does nothing: what two files have in common is stored once from the start.")
final class StoreNothingToDo extends StoreOperation {
  private final String why;

  /**
   * @param why what is said; nothing if empty
   */
  StoreNothingToDo(String why) {
    this.why = why;
  }

  @Override
  protected int run() throws IOException {
    noArguments();
    if (!why.isEmpty()) {
      context.messages().note(why);
    }
    return 0;
  }
}
