package org.buildchain.daemon.nix.program;

import org.buildchain.daemon.command.argument.ExpressionOptions;
import picocli.CommandLine.Option;

/** What {@code nix-build} and its like evaluate. */
public final class NixExpressionOptions extends ExpressionOptions {
  @Option(
      names = {"-E", "--expr"},
      description = "The arguments are expressions, not files.")
  private boolean expressions;

  @Override
  public boolean areExpressions() {
    return expressions;
  }
}
