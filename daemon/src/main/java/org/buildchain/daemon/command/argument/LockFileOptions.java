package org.buildchain.daemon.command.argument;

import java.io.IOException;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the inputs of the flakes that a command names are locked. Source: Nix 2.26 manual. */
public final class LockFileOptions {
  @Mixin private InputOptions inputs;

  @Option(
      names = "--no-write-lock-file",
      description = "Leave flake.lock as it is; what is missing in it is locked for this command.")
  private boolean keep;

  @Option(names = "--no-update-lock-file", description = "Fail if flake.lock would have to change.")
  private boolean fixed;

  /** Those that are not about writing. */
  public InputOptions inputs() {
    return inputs;
  }

  /** What they say. */
  public LockOptions options(CommandContext context) throws IOException {
    return inputs.options(context, !keep, !fixed);
  }
}
