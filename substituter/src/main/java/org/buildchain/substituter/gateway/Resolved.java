package org.buildchain.substituter.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.FolderNames;
import org.buildchain.store.ipld.Ipld;

/**
 * Where a path leads.
 *
 * @param way the blocks before the last, each once
 * @param roots the CIDs that the segments stand for, the first the one that was named
 */
record Resolved(List<AnyCid> way, AnyCid last, List<AnyCid> roots) {
  private static final int MAX_SHARDS = 8;

  /**
   * Follows a path.
   *
   * @param path names, octet strings
   * @return empty if it leads to nothing that is here
   */
  static Optional<Resolved> of(AnyCid root, List<String> path, BlockFinder blocks)
      throws IOException {
    List<AnyCid> way = new ArrayList<>();
    List<AnyCid> roots = new ArrayList<>(List.of(root));
    AnyCid at = root;
    for (int i = 0; i < path.size(); ) {
      Optional<byte[]> block = blocks.find(at);
      if (block.isEmpty()) {
        return Optional.empty();
      }
      way.add(at);
      Optional<AnyCid> next;
      if (at.codec() == AnyCid.DAG_CBOR) {
        Ipld value = DagCbor.decode("block " + at, block.get());
        while (i < path.size() && !(value instanceof Ipld.Link)) {
          Optional<Ipld> inside = inside(value, path.get(i++));
          if (inside.isEmpty()) {
            return Optional.empty();
          }
          value = inside.get();
        }
        if (!(value instanceof Ipld.Link link)) {
          // The path ends within the block.
          way.removeLast();
          break;
        }
        next = Optional.of(AnyCid.ofBytes(link.value().bytes()));
      } else {
        next = child(at, block.get(), path.get(i++), way, blocks);
      }
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
      roots.add(at);
    }
    return Optional.of(new Resolved(List.copyOf(way), at, List.copyOf(roots)));
  }

  private static Optional<Ipld> inside(Ipld value, String name) {
    return switch (value) {
      case Ipld.Map map -> Optional.ofNullable(map.values().get(name));
      case Ipld.Array(List<Ipld> values) ->
          name.matches("[0-9]{1,6}") && Integer.parseInt(name) < values.size()
              ? Optional.of(values.get(Integer.parseInt(name)))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** The entry of a folder; notes the shards that are on the way to it. */
  private static Optional<AnyCid> child(
      AnyCid folder, byte[] first, String name, List<AnyCid> way, BlockFinder blocks)
      throws IOException {
    Node node = Node.of(folder, first);
    for (int depth = 0; node.kind() == Node.Kind.SHARD && depth < MAX_SHARDS; depth++) {
      String prefix = FolderNames.shardPrefix(name, depth);
      Optional<AnyCid> found = named(node, prefix + name);
      if (found.isPresent()) {
        return found;
      }
      Optional<AnyCid> shard = named(node, prefix);
      Optional<byte[]> block = shard.isPresent() ? blocks.find(shard.get()) : Optional.empty();
      if (block.isEmpty()) {
        return Optional.empty();
      }
      way.add(shard.get());
      node = Node.of(shard.get(), block.get());
    }
    return node.kind() == Node.Kind.FOLDER || node.kind() == Node.Kind.OTHER
        ? named(node, name)
        : Optional.empty();
  }

  private static Optional<AnyCid> named(Node node, String name) {
    return node.links().stream().filter(l -> l.name().equals(name)).findFirst().map(Node.Link::cid);
  }
}
