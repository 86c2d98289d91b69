package org.buildchain.daemon.command.store;

import java.io.InputStream;
import java.util.List;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints files of the store. */
@Command(
    name = "cat",
    description = "Prints files of the store, read from its blocks and checked.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc store cat ./result/share/doc/README"})
final class StoreCatCommand extends BcCommand {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "A file in the store.")
  private List<String> paths;

  @Override
  public Integer call() throws Exception {
    StoreArguments arguments = new StoreArguments(context);
    for (String path : paths) {
      if (!(arguments.open(arguments.resolve(path), path) instanceof FileTree.Regular file)) {
        throw new CommandException("path '" + path + "' is not a regular file");
      }
      try (InputStream in = file.open()) {
        in.transferTo(context.caller().out());
      }
    }
    return 0;
  }
}
