package org.buildchain.daemon.nix;

import org.buildchain.daemon.command.ExpressionOptions;
import picocli.CommandLine.Option;

/** What {@code nix-build} and its like evaluate. */
final class NixExpressionOptions extends ExpressionOptions {
  @Option(
      names = {"-E", "--expr"},
      description = "The arguments are expressions, not files.")
  private boolean expressions;

  @Override
  public boolean areExpressions() {
    return expressions;
  }
}
