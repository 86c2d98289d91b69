package org.buildchain.daemon.command.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.Posix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/** Stores the objects of a CAR file. */
@Command(
    name = "import",
    description = {
      "Stores the objects of a CAR file that 'bc store export' wrote, and prints their paths.",
      "",
      "Every block, every NAR hash and every content address is checked; a file that is truncated,"
          + " reordered or wrong in any way leaves nothing. What an object is called is believed"
          + " where no content address tells it: import from whom you trust."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  bc store import < hello.car", "  bc store import hello.car"})
final class StoreImportCommand extends BcCommand {
  private static final int BUFFER = 1 << 18;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The file; standard input if none is named.")
  private Optional<String> file = Optional.empty();

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var store = context.services().store();
    ArrayNode array = new ObjectMapper().createArrayNode();
    try (InputStream in = new BufferedInputStream(open(), BUFFER)) {
      for (StorePath path : store.importCar(in)) {
        if (json) {
          store.query(path).ifPresent(i -> PathInfoJson.write(array.addObject(), store, i));
        } else {
          context.messages().println(store.dir().print(path));
        }
      }
    }
    if (json) {
      context.messages().println(array.toString());
    }
    return 0;
  }

  private InputStream open() throws IOException {
    if (file.isEmpty()) {
      return context.caller().in();
    }
    String path = CanonicalPath.absolute(file.get(), context.caller().invocation().cwd());
    return Posix.openFollowing(path);
  }
}
