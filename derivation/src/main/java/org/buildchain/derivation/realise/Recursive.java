package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.Recursion;
import org.buildchain.store.path.StorePath;

/**
 * A build's use of the store, if it needs one.
 *
 * @param session empty if it does not, or there is none to be had
 */
record Recursive(Optional<Recursion.Session> session) implements AutoCloseable {
  private static final String FEATURE = "recursive-nix";
  private static final String SOCKET = ".nix-socket";

  static Recursive of(
      BuildSite site, Attributes attributes, BuildFolders folders, SortedSet<StorePath> visible)
      throws IOException {
    return site.recursion().isEmpty() || !attributes.requiredSystemFeatures().contains(FEATURE)
        ? new Recursive(Optional.empty())
        : new Recursive(
            Optional.of(site.recursion().get().open(folders.build().resolve(SOCKET), visible)));
  }

  /** The builder's environment. */
  SortedMap<String, String> in(SortedMap<String, String> environment) {
    if (session.isEmpty()) {
      return environment;
    }
    SortedMap<String, String> all = new TreeMap<>(environment);
    all.put("NIX_REMOTE", "unix://" + BuildEnvironment.BUILD_DIR + "/" + SOCKET);
    return all;
  }

  /** What outputs may refer to: the closure of the inputs, and what the builder has added. */
  SortedSet<StorePath> with(SortedSet<StorePath> closure) {
    if (session.isEmpty()) {
      return closure;
    }
    SortedSet<StorePath> all = new TreeSet<>(closure);
    all.addAll(session.get().added());
    return all;
  }

  @Override
  public void close() {
    session.ifPresent(Recursion.Session::close);
  }
}
