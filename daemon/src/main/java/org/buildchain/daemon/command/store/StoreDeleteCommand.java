package org.buildchain.daemon.command.store;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes paths that nothing keeps alive. */
@Command(
    name = "delete",
    description = "Removes the named paths, if nothing keeps them alive.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc store delete /nix/store/...-hello"})
final class StoreDeleteCommand extends BcCommand {
  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A store path or CID.")
  private List<String> paths;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    StoreArguments arguments = new StoreArguments(context);
    Set<StorePath> chosen = new TreeSet<>();
    for (String path : paths) {
      chosen.add(arguments.object(arguments.resolve(path), path));
    }
    Collected collected = context.services().collect(StoreGcCommand.only(chosen));
    StoreGcCommand.print(context, collected, false, json);
    chosen.removeAll(collected.paths());
    for (StorePath path : chosen) {
      context
          .messages()
          .error(
              "cannot delete path '"
                  + context.services().store().dir().print(path)
                  + "' since a running command uses it");
    }
    return chosen.isEmpty() ? 0 : 1;
  }
}
