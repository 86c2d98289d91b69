package org.buildchain.daemon.command;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Mixin;

/** What is evaluated where flakes are among what may be named. */
public final class FlakeExpressionOptions extends ExpressionOptions {
  @Mixin private LockFileOptions locks;

  @Override
  LockOptions locks(CommandContext context) throws IOException {
    return locks.options(context);
  }

  @Override
  Optional<String> inputsFrom(CommandContext context) {
    return locks.inputs().inputsFrom(context);
  }
}
