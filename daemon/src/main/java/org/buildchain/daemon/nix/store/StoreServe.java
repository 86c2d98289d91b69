package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --serve}, as {@code ssh://} calls it on another machine. */
@Command(
    name = "nix-store --serve",
    description = "Gives access to the store on standard input and output.",
    footerHeading = "%nExample:%n",
    footer = "  nix-copy-closure --to HOST ./result    runs 'nix-store --serve --write' on HOST")
final class StoreServe extends StoreOperation {
  @Option(names = "--write", description = "Let the client add paths and build.")
  private boolean write;

  @Override
  protected int run() throws IOException {
    context
        .services()
        .serveSsh(
            context.caller().in(),
            context.caller().out(),
            write,
            line -> {
              synchronized (this) {
                try {
                  context.caller().err().write(Octets.bytes(line + "\n"));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    return 0;
  }
}
