package org.buildchain.fuse;

import java.io.IOException;
import org.buildchain.fuse.FileSystemView.Node;
import org.buildchain.fuse.NodeTable.Known;
import org.buildchain.fuse.device.Mounter;
import org.buildchain.fuse.protocol.Attributes;
import org.buildchain.fuse.protocol.Capability;

/** What the threads that answer for one mount share. */
final class Served {
  private static final int BILLION = 1_000_000_000;

  final FileSystemView view;
  final NodeTable nodes;
  final Listings listings;
  final AttributeReaders readers = new AttributeReaders();
  final Gate gate = new Gate();
  private final Mounter owner;

  /** What the kernel offered and we take; before INIT nothing. */
  volatile int capabilities;

  Served(FileSystemView view, Mounter owner) {
    this.view = view;
    this.nodes = new NodeTable(view.root());
    this.listings = new Listings(view);
    this.owner = owner;
  }

  boolean opensStayInKernel() {
    return (capabilities & Capability.NO_OPEN_SUPPORT) != 0;
  }

  boolean openDirsStayInKernel() {
    return (capabilities & Capability.NO_OPENDIR_SUPPORT) != 0;
  }

  Attributes attributes(Node node) throws IOException {
    return new Attributes(
        node.inode(), Modes.size(node), Modes.mode(node), owner.uid(), owner.gid(), 0);
  }

  /**
   * The root's time tells whether it has changed: the kernel compares it before it shows a listing
   * that it has kept.
   */
  Attributes rootAttributes() throws IOException {
    Node root = view.root();
    int nanos = (int) Long.remainderUnsigned(view.version(), BILLION);
    return new Attributes(
        root.inode(), Modes.size(root), Modes.mode(root), owner.uid(), owner.gid(), nanos);
  }

  /** The kernel forgets. */
  void forget(long node, long lookups) {
    nodes.forget(node, lookups);
    if (nodes.get(node).isEmpty()) {
      listings.forget(node);
    }
  }

  /** For a message: where a node stands. */
  static String path(Known known) {
    return known.path().isEmpty() ? "/" : known.path();
  }
}
