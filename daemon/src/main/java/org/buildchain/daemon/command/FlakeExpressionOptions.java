package org.buildchain.daemon.command;

import java.io.IOException;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Mixin;

/** What is evaluated where flakes are among what may be named. */
public final class FlakeExpressionOptions extends ExpressionOptions {
  @Mixin private LockFileOptions locks;

  @Override
  LockOptions locks(CommandContext context) throws IOException {
    return locks.options(context);
  }
}
