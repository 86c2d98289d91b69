package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What bc's own commands evaluate: files, flakes, expressions, or attributes of one of them. */
public final class FlakeExpressionOptions extends ExpressionOptions {
  @Option(names = "-E", description = "The arguments are expressions, not files.")
  private boolean expressions;

  @Mixin private AttributeOptions attributes;

  @Mixin private LockFileOptions locks;

  @Override
  public boolean areExpressions() {
    return expressions || attributes.expressions();
  }

  @Override
  public boolean areAttributes() {
    return attributes.given();
  }

  @Override
  List<Evaluation.Query> ofAttributes(
      CommandContext context, List<String> paths, List<Evaluation.Argument> arguments)
      throws IOException {
    return attributes.queries(context, paths, arguments);
  }

  @Override
  LockOptions locks(CommandContext context) throws IOException {
    return locks.options(context);
  }

  @Override
  Optional<String> inputsFrom(CommandContext context) {
    return locks.inputs().inputsFrom(context);
  }
}
