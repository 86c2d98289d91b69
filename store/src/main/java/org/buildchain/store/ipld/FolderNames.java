package org.buildchain.store.ipld;

import java.util.List;
import org.buildchain.store.format.FormatException;

/** What the names in a folder's node must be. */
public final class FolderNames {
  /** How many digits stand before a name in a shard of a large folder. */
  public static final int SHARD_PREFIX = 2;

  private static final int MAX_NAME = 255;

  private FolderNames() {}

  /**
   * Checks a node of dag-pb that somebody else has sent: a name must lead to nothing but what is in
   * the folder, and no name may stand twice. Other nodes pass.
   *
   * @throws FormatException if one is wrong, or the node is none
   */
  public static void check(Cid cid, byte[] block) {
    if (cid.codec() != Cid.Codec.DAG_PB) {
      return;
    }
    DagPb.Node node = DagPb.decode(cid, block);
    switch (UnixFs.decode(cid, node.data()).type()) {
      case DIRECTORY -> ascending(cid, node.links());
      case HAMT_SHARD ->
          node.links().stream()
              .filter(l -> !Shards.isShard(l))
              .forEach(l -> check(cid, Shards.name(l)));
      case FILE, RAW, SYMLINK, METADATA -> {}
    }
  }

  /**
   * What the links of a shard begin with on the way to a name.
   *
   * @param name an octet string
   * @param depth of the shard, 0 for the topmost, less than 8
   */
  public static String shardPrefix(String name, int depth) {
    return Shards.prefix(name, depth);
  }

  private static void ascending(Cid cid, List<DagPb.Link> links) {
    String last = "";
    for (DagPb.Link link : links) {
      check(cid, link.name());
      if (link.name().compareTo(last) <= 0) {
        throw new FormatException(
            "folder " + cid, "has '" + link.name() + "' twice, or out of order");
      }
      last = link.name();
    }
  }

  private static void check(Cid cid, String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0
        || name.equals(".")
        || name.equals("..")) {
      throw new FormatException("folder " + cid, "has a wrong name: '" + name + "'");
    }
  }
}
