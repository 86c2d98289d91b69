package org.buildchain.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * bc under the name {@code nix-instantiate}, as scripts call it.
 *
 * @param folder where it runs
 */
record NixInstantiate(Bc bc, Path folder, Path program) {
  /** What an expression begins with that is evaluated purely. */
  static final String PURE = "pure ";

  /** Links the program into a folder, in which it runs. */
  static NixInstantiate in(Path folder, Bc bc) {
    Path links = folder.resolve("links");
    bc.run("link-nix-commands", links.toString()).orFail();
    return new NixInstantiate(bc, folder, links.resolve("nix-instantiate"));
  }

  /** Runs it with some variables besides the environment's. */
  Command.Result run(Map<String, String> variables, List<String> arguments) {
    Map<String, String> all = new HashMap<>(variables);
    all.put("BC_ROOT", bc.root().toString());
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return Command.run(folder, all, command);
  }

  /** Evaluates an expression, {@link #PURE} perhaps before it. */
  Command.Result eval(Map<String, String> variables, String asked, String... options) {
    boolean pure = asked.startsWith(PURE);
    List<String> arguments = new ArrayList<>(List.of("--eval"));
    arguments.addAll(List.of(options));
    if (pure) {
      arguments.add("--pure-eval");
    }
    arguments.addAll(List.of("-E", pure ? asked.substring(PURE.length()) : asked));
    return run(variables, arguments);
  }
}
