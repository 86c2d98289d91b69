package org.buildchain.daemon.command;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.buildchain.daemon.server.Invocation;
import picocli.CommandLine;

/** A program other than {@code bc} that the client stands for: {@code nix-build} and its like. */
public interface Program {
  /** Its command lines by their keys, which no other program has. Most programs have one. */
  Map<String, Supplier<CommandLine>> lines();

  /**
   * Which of them is meant.
   *
   * @throws CommandException if none is
   */
  Choice choose(Invocation invocation);

  /**
   * A command line to run.
   *
   * @param line its key
   * @param name what it is called in messages
   * @param args what it is given
   */
  record Choice(String line, String name, List<String> args) {}
}
