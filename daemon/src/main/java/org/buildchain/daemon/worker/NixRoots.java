package org.buildchain.daemon.worker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.LiveRoots;
import org.buildchain.store.pin.Roots;

/**
 * What keeps paths alive in the layout of Nix: links below {@code gcroots} and {@code profiles}.
 * Those that lead to a link elsewhere keep what that leads to. Source: {@code findRoots} in {@code
 * src/libstore/gc.cc} of Nix 2.26.
 */
final class NixRoots implements LiveRoots {
  private static final int MAX_DEPTH = 64;

  private final Path state;
  private final StoreDir dir;
  private final Roots processes;

  /**
   * @param processes tells what running processes have open
   */
  NixRoots(Path state, StoreDir dir, Roots processes) {
    this.state = state;
    this.dir = dir;
    this.processes = processes;
  }

  @Override
  public Collection<StorePath> find() throws IOException {
    Collection<StorePath> all = processes.open();
    all.addAll(links().values());
    return all;
  }

  @Override
  public Collection<StorePath> open() throws IOException {
    return processes.open();
  }

  @Override
  public Held hold() throws IOException {
    return processes.hold();
  }

  /** The paths that links keep alive, by the link. */
  Map<Path, StorePath> links() throws IOException {
    Map<Path, StorePath> links = new TreeMap<>();
    walk(state.resolve("gcroots"), links, 0);
    walk(state.resolve("profiles"), links, 0);
    return links;
  }

  private void walk(Path at, Map<Path, StorePath> links, int depth) throws IOException {
    if (Files.isSymbolicLink(at)) {
      follow(at, links, depth);
    } else if (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS) && depth < MAX_DEPTH) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(at)) {
        for (Path entry : entries) {
          walk(entry, links, depth + 1);
        }
      }
    } else if (Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)) {
      // A file that is called as an object keeps it.
      try {
        links.put(at, StorePath.parse(at.getFileName().toString()));
      } catch (FormatException e) {
        // It is called otherwise.
      }
    }
  }

  private void follow(Path link, Map<Path, StorePath> links, int depth) throws IOException {
    Path target;
    try {
      target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
    } catch (NoSuchFileException e) {
      return;
    }
    Optional<StorePath> object = object(target);
    if (object.isPresent()) {
      links.put(link, object.get());
      return;
    }
    try {
      if (Files.isSymbolicLink(target)) {
        Path next = target.resolveSibling(Files.readSymbolicLink(target)).normalize();
        object(next).ifPresent(path -> links.put(target, path));
      } else if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        if (link.startsWith(state.resolve("gcroots/auto"))) {
          Files.deleteIfExists(link);
        }
      } else if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
          && target.startsWith(state)
          && depth < MAX_DEPTH) {
        walk(target, links, depth + 1);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // It has gone since.
    }
  }

  private Optional<StorePath> object(Path target) {
    return dir.containing(Octets.fromText(target.toString()));
  }
}
