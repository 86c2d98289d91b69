package org.buildchain.daemon.command.store;

import java.util.List;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.argument.StoreArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists what is in a store object. */
@Command(
    name = "ls",
    description = "Lists a folder or file in the store.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store ls -l ./result/bin      with kinds and sizes",
      "  bc store ls -R ./result          all that is below",
      "  bc store ls -R --json ./result   as 'nix store ls --json'"
    })
final class StoreLsCommand extends BcCommand {
  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A store path or something in one, ./result for example.")
  private List<String> paths;

  @Mixin private ListOptions options;

  @Override
  public Integer call() throws Exception {
    StoreArguments arguments = new StoreArguments(context);
    StringBuilder out = new StringBuilder();
    for (String path : paths) {
      StoreArguments.Place place = arguments.resolve(path);
      String name = place.inside().isEmpty() ? place.object().toString() : place.inside();
      Listed node = Listed.of(arguments.open(place, path), options.levels());
      out.append(options.text(node, name.substring(name.lastIndexOf('/') + 1)));
    }
    context.messages().print(out.toString());
    return 0;
  }
}
