package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.buildchain.store.PathInfo;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/** {@code nix-store --dump-db}. Source of the format: {@code makeValidityRegistration}. */
@Command(
    name = "nix-store --dump-db",
    description =
        "Prints what is known of store paths, or of all: path, digest, size, deriver,"
            + " number of references, references.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --dump-db $(nix-store -qR ./result)")
final class StoreDumpDb extends StoreOperation {
  @Override
  protected int run() throws IOException {
    List<StorePath> given = new ArrayList<>();
    for (String g : arguments()) {
      given.add(object(g));
    }
    Collection<StorePath> paths = given.isEmpty() ? store().allPaths() : given;
    StringBuilder out = new StringBuilder();
    for (StorePath path : paths) {
      PathInfo info = info(path);
      out.append(print(path)).append('\n');
      out.append(info.narHash().encode(Hash.Format.BASE16)).append('\n');
      out.append(info.narSize()).append('\n');
      out.append(info.deriver().map(this::print).orElse("")).append('\n');
      out.append(info.references().size()).append('\n');
      info.references().forEach(r -> out.append(print(r)).append('\n'));
    }
    context.messages().print(out.toString());
    return 0;
  }
}
