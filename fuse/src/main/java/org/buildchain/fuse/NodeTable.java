package org.buildchain.fuse;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Node;

/**
 * The nodes that the kernel knows by a number. It counts what it was told of and says when it
 * forgets, so that this holds no more than the kernel's own cache does. Thread-safe.
 */
final class NodeTable {
  /** The number of the top folder, which the kernel never forgets. */
  static final long ROOT = 1;

  private final Known root;
  private final Map<Long, Known> byId = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong(ROOT);

  /** A node with its number. */
  static final class Known {
    private final long id;
    private final Node node;
    private final Optional<Known> parent;
    private final String name;

    /** Guarded by the table. */
    private final Map<String, Known> children = new HashMap<>(0);

    /** Guarded by the table. */
    private long lookups;

    private Known(long id, Node node, Optional<Known> parent, String name) {
      this.id = id;
      this.node = node;
      this.parent = parent;
      this.name = name;
    }

    long id() {
      return id;
    }

    Node node() {
      return node;
    }

    /** The folder that it was found in; empty for the root. */
    Optional<Known> parent() {
      return parent;
    }

    /** Where it stands below the root, an octet string that begins with a slash. */
    String path() {
      return parent.isEmpty() ? "" : parent.get().path() + "/" + name;
    }
  }

  NodeTable(Directory root) {
    this.root = new Known(ROOT, root, Optional.empty(), "");
    byId.put(ROOT, this.root);
  }

  /** What has this number. */
  Optional<Known> get(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** How many nodes there are, the root included. */
  int size() {
    return byId.size();
  }

  /**
   * Counts that the kernel is told of a child. It has the same number each time, as long as the
   * kernel remembers it.
   */
  synchronized Known tell(Known parent, String name, Node node) {
    Known known = parent.children.get(name);
    if (known == null) {
      known = new Known(last.incrementAndGet(), node, Optional.of(parent), name);
      parent.children.put(name, known);
      byId.put(known.id, known);
    }
    known.lookups++;
    return known;
  }

  /** A child that the kernel knows. */
  synchronized Optional<Known> child(Known parent, String name) {
    return Optional.ofNullable(parent.children.get(name));
  }

  /** Counts that the kernel forgets what it was told {@code lookups} times. */
  synchronized void forget(long id, long lookups) {
    Known known = byId.get(id);
    if (known == null || id == ROOT) {
      return;
    }
    known.lookups -= lookups;
    if (known.lookups <= 0) {
      byId.remove(id);
      known.parent.ifPresent(p -> p.children.remove(known.name, known));
    }
  }

  /** A name in the top folder has another meaning from now on, if any. */
  synchronized void removed(String name) {
    root.children.remove(name);
  }
}
