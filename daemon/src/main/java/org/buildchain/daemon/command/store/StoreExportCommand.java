package org.buildchain.daemon.command.store;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes an object with its closure as a CAR file. */
@Command(
    name = "export",
    description = {
      "Writes a store object and all that it refers to as a CAR file to standard output.",
      "",
      "The file's root is the object's CID, and there is one such file for a root. With --tree it"
          + " is the tree alone, as other IPFS programs read it; hashes that refer to store paths"
          + " are zeroed in it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store export ./result > hello.car",
      "  bc store export bafyrei... --car-version 2 > hello.car",
      "  bc store export --tree ./result | ipfs dag import"
    })
final class StoreExportCommand extends BcCommand {
  private static final int BUFFER = 1 << 18;

  @Parameters(paramLabel = "PATH", description = "A store path or the CID of a store object.")
  private String path;

  @Option(
      names = "--car-version",
      paramLabel = "N",
      description = "1 (the default) or 2, without an index.")
  private int version = 1;

  @Option(names = "--tree", description = "The tree alone, without what it refers to.")
  private boolean tree;

  @Override
  public Integer call() throws Exception {
    if (version != 1 && version != 2) {
      throw new CommandException("option '--car-version': expected 1 or 2, not " + version);
    }
    if (context.caller().invocation().stdoutIsTerminal()) {
      throw new CommandException("a CAR file is no text: send it to a file, > x.car");
    }
    StoreArguments arguments = new StoreArguments(context);
    StorePath object = arguments.object(arguments.resolve(path), path);
    var store = context.services().store();
    String cid = tree ? store.treeCid(object) : store.query(object).orElseThrow().object();
    try (OutputStream out = new BufferedOutputStream(context.caller().out(), BUFFER)) {
      store.exportCar(cid, version, out);
    }
    return 0;
  }
}
