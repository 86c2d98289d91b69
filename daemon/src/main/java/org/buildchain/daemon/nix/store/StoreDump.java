package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine.Command;

/** {@code nix-store --dump}. Source: Nix manual, "nix-store --dump". */
@Command(
    name = "nix-store --dump",
    description = "Writes a file or folder to standard output as a NAR.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --dump ./src > src.nar")
final class StoreDump extends StoreOperation {
  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.size() != 1) {
      throw usage("only one argument allowed");
    }
    Nar.write(tree(given.getFirst()), to(context.caller().out()));
    return 0;
  }

  /** A path in the store folder is read from the store, which need not be mounted there. */
  private FileTree tree(String given) throws IOException {
    String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
    Optional<StorePath> object = store().dir().containing(path).filter(store()::isValid);
    if (object.isEmpty()) {
      return DiskTree.of(path);
    }
    StoreArguments arguments = new StoreArguments(context);
    return arguments.open(arguments.resolve(path), path);
  }

  static NarWriter.Sink to(OutputStream out) {
    return (data, offset, length) -> {
      try {
        out.write(data, offset, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
