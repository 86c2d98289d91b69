package org.buildchain.daemon.command;

import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Gives an option all that follows it, whatever it looks like. */
public final class RestOfLine implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
    if (args.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "--command" + " requires at least one argument");
    }
    List<String> rest = option.getValue();
    while (!args.isEmpty()) {
      rest.add(args.pop());
    }
  }
}
