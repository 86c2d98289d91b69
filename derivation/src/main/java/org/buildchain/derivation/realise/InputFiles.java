package org.buildchain.derivation.realise;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * The files of a derivation's inputs under their store paths, as a builder in a sandbox would find
 * them: nothing else exists, and links lead nowhere else. Paths are octet strings.
 */
final class InputFiles {
  /** As many links as Linux follows: path_resolution(7). */
  private static final int MAX_LINKS = 40;

  private final Store store;
  private final Set<StorePath> inputs;
  private final Map<String, Optional<FileTree>> known = new HashMap<>();

  /**
   * @param inputs the closure of what may be read
   */
  InputFiles(Store store, Set<StorePath> inputs) {
    this.store = store;
    this.inputs = inputs;
  }

  /** What stands at a path, links followed; empty if nothing does. */
  Optional<FileTree> follow(String path) throws IOException {
    Optional<String> end = canonical(path);
    return end.isEmpty() ? Optional.empty() : at(end.get());
  }

  /** The path without links, if something stands there. */
  Optional<String> canonical(String path) throws IOException {
    Deque<String> left = new ArrayDeque<>(Arrays.asList(path.split("/")));
    List<String> way = new ArrayList<>();
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (!way.isEmpty()) {
          way.removeLast();
        }
        continue;
      }
      way.add(name);
      String here = "/" + String.join("/", way);
      if (here.equals(store.dir().path()) || store.dir().path().startsWith(here + "/")) {
        continue;
      }
      Optional<FileTree> node = at(here);
      if (node.isEmpty() || (!left.isEmpty() && node.get() instanceof FileTree.Regular)) {
        return Optional.empty();
      }
      if (node.get() instanceof FileTree.Symlink link) {
        if (++links > MAX_LINKS) {
          return Optional.empty();
        }
        String target = link.target();
        if (target.startsWith("/")) {
          way.clear();
        } else {
          way.removeLast();
        }
        Arrays.asList(target.split("/")).reversed().forEach(left::push);
      }
    }
    return Optional.of("/" + String.join("/", way)).filter(p -> known.containsKey(p));
  }

  /** What stands at a path all of whose folders are no links. */
  private Optional<FileTree> at(String path) throws IOException {
    Optional<FileTree> node = known.get(path);
    if (node == null) {
      node = find(path);
      known.put(path, node);
    }
    return node;
  }

  private Optional<FileTree> find(String path) throws IOException {
    int cut = path.lastIndexOf('/');
    String folder = path.substring(0, cut);
    if (folder.equals(store.dir().path())) {
      Optional<StorePath> object = store.dir().containing(path).filter(inputs::contains);
      return object.isEmpty() ? Optional.empty() : Optional.of(store.open(object.get()));
    }
    if (cut <= 0 || !(at(folder).orElse(null) instanceof FileTree.Directory d)) {
      return Optional.empty();
    }
    Optional<FileTree> found = Optional.empty();
    for (FileTree.Entry entry : d.entries()) {
      known.put(folder + "/" + entry.name(), Optional.of(entry.node()));
      if (entry.name().equals(path.substring(cut + 1))) {
        found = Optional.of(entry.node());
      }
    }
    return found;
  }
}
