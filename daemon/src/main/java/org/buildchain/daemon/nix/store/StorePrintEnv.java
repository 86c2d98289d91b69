package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.buildchain.daemon.nix.program.ShellWords;
import org.buildchain.derivation.Derivation;
import picocli.CommandLine.Command;

/** {@code nix-store --print-env}. Source: Nix manual, "nix-store --print-env". */
@Command(
    name = "nix-store --print-env",
    description = "Prints the environment of a derivation as a shell reads it.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --print-env \"$(nix-instantiate -A hello)\"")
final class StorePrintEnv extends StoreOperation {
  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.size() != 1) {
      throw usage("'--print-env' requires one derivation store path");
    }
    Derivation drv = derivation(object(given.getFirst()));
    // With an empty line after each variable, as Nix prints them.
    drv.env()
        .forEach(
            (name, value) ->
                println("export " + name + "; " + name + "=" + ShellWords.quoted(value) + "\n"));
    println(
        "export _args; _args='"
            + drv.args().stream().map(ShellWords::quoted).collect(Collectors.joining(" "))
            + "'");
    return 0;
  }
}
