package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.FileTree;

/**
 * {@code builtin:buildenv}: one tree of links to the files of several packages. Source: {@code
 * src/libstore/builtins/buildenv.cc} of Nix 2.26.
 */
final class UserEnvironment {
  /** The most that the list of propagated packages may hold. */
  private static final int MAX_LIST = 1 << 20;

  private static final int FIRST_PROPAGATED = 1000;

  /** What no environment shows: useless there, or in every package. */
  private static final List<String> HIDDEN =
      List.of(
          "/propagated-build-inputs",
          "/nix-support",
          "/perllocal.pod",
          "/info/dir",
          "/log",
          "/manifest.nix",
          "/manifest.json");

  /**
   * A package.
   *
   * @param priority the lowest number wins
   */
  record Package(String path, boolean active, int priority) {}

  private final InputFiles inputs;
  private final Consumer<String> log;
  private final MemoryFolder root = new MemoryFolder(new TreeMap<>());
  private final Map<String, Integer> priorities = new HashMap<>();
  private final Set<String> done = new HashSet<>();
  private Set<String> postponed = new TreeSet<>();

  /**
   * @param log takes lines of the build's log
   */
  UserEnvironment(InputFiles inputs, Consumer<String> log) {
    this.inputs = inputs;
    this.log = log;
  }

  /**
   * The tree.
   *
   * @param manifest where its link {@code manifest.nix} leads
   * @throws BuildException if two packages have the same file with the same priority
   */
  FileTree build(List<Package> packages, String manifest) throws IOException {
    List<Package> sorted = new ArrayList<>(packages);
    sorted.sort(Comparator.comparingInt(Package::priority).thenComparing(Package::path));
    for (Package p : sorted) {
      if (p.active()) {
        add(p.path(), p.priority());
      }
    }
    int priority = FIRST_PROPAGATED;
    while (!postponed.isEmpty()) {
      Set<String> now = postponed;
      postponed = new TreeSet<>();
      for (String path : now) {
        add(path, priority++);
      }
    }
    root.children().put("manifest.nix", new MemoryFolder.Link(manifest));
    return root;
  }

  private void add(String path, int priority) throws IOException {
    if (!done.add(path)) {
      return;
    }
    link(path, "", root, priority);
    Optional<FileTree> list = inputs.follow(path + "/nix-support/propagated-user-env-packages");
    if (list.isPresent() && list.get() instanceof FileTree.Regular file) {
      for (String next : Attributes.words(read(path, file))) {
        if (!done.contains(next)) {
          postponed.add(next);
        }
      }
    }
  }

  private static String read(String path, FileTree.Regular file) throws IOException {
    if (file.size() > MAX_LIST) {
      throw new FormatException(
          path + "/nix-support/propagated-user-env-packages", "is longer than a MiB");
    }
    try (InputStream in = file.open()) {
      return Octets.of(in.readAllBytes());
    }
  }

  /**
   * Links what stands in a folder.
   *
   * @param place where {@code into} stands in the tree: empty, or a path with a slash before it
   */
  private void link(String source, String place, MemoryFolder into, int priority)
      throws IOException {
    Optional<FileTree> there = inputs.follow(source);
    if (there.isEmpty()) {
      throw new BuildException("cannot read directory '" + source + "': No such file or directory");
    }
    if (!(there.get() instanceof FileTree.Directory folder)) {
      log.accept(
          "warning: not including '"
              + source
              + "' in the user environment because it's not a directory");
      return;
    }
    for (FileTree.Entry entry : folder.entries()) {
      // Names with a dot in front are not matched by glob(7), which once found them.
      if (!entry.name().startsWith(".")) {
        link(source + "/" + entry.name(), place + "/" + entry.name(), entry.name(), into, priority);
      }
    }
  }

  private void link(String source, String place, String name, MemoryFolder into, int priority)
      throws IOException {
    Optional<FileTree> node = inputs.follow(source);
    if (node.isEmpty()) {
      log.accept("warning: skipping dangling symlink '" + source + "'");
      return;
    }
    if (HIDDEN.stream().anyMatch(source::endsWith)) {
      return;
    }
    FileTree before = into.children().get(name);
    if (node.get() instanceof FileTree.Directory) {
      if (before instanceof MemoryFolder folder) {
        link(source, place, folder, priority);
        return;
      }
      if (before instanceof MemoryFolder.Link link) {
        split(source, place, name, link, into, priority);
        return;
      }
    } else if (before instanceof MemoryFolder.Link link) {
      int other = priorities.getOrDefault(place, 0);
      if (other == priority) {
        throw new BuildException(
            "Unable to build profile. There is a conflict for the following files:\n"
                + BuildException.INDENT
                + "  "
                + link.target()
                + BuildException.INDENT
                + "  "
                + source);
      }
      if (other < priority) {
        return;
      }
    } else if (before != null) {
      throw new BuildException(
          "collision between non-directory '" + source + "' and directory '" + place + "'");
    }
    into.children().put(name, new MemoryFolder.Link(source));
    priorities.put(place, priority);
  }

  /** Two packages have the same folder: a real one takes the link's place. */
  private void split(
      String source,
      String place,
      String name,
      MemoryFolder.Link link,
      MemoryFolder into,
      int priority)
      throws IOException {
    String target = inputs.canonical(link.target()).orElse(link.target());
    if (!(inputs.follow(target).orElse(null) instanceof FileTree.Directory)) {
      throw new BuildException(
          "collision between '" + source + "' and non-directory '" + target + "'");
    }
    MemoryFolder folder = new MemoryFolder(new TreeMap<>());
    into.children().put(name, folder);
    link(target, place, folder, priorities.getOrDefault(place, 0));
    link(source, place, folder, priority);
  }
}
