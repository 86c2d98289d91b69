package org.buildchain.store.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.DagLinks;
import org.buildchain.store.ipld.Ipld;

/** The blocks of one store object: its own, its tree's, its table's; not those of references. */
final class BlockWalk {
  private BlockWalk() {}

  /**
   * Visits each block once, before what it leads to. Raw blocks are not read; any other is read
   * right after it was entered, and before the next is. What is held in memory grows with the
   * depth, and not with the number of blocks.
   *
   * @param enter is told of a block; false passes over what is below it
   */
  static void of(Cid object, Block.Source source, Predicate<Cid> enter) throws IOException {
    if (!enter.test(object)) {
      return;
    }
    Deque<Cid> todo = new ArrayDeque<>();
    Fields fields =
        new Fields(
            "store object " + object, DagCbor.decode("store object " + object, source.get(object)));
    for (String table : List.of("rewrites", "self")) {
      fields
          .optional(table)
          .ifPresent(
              t -> {
                if (t instanceof Ipld.Link(Cid cid)) {
                  todo.add(cid);
                }
              });
    }
    todo.push(fields.link("root"));
    try (CidTable seen = new CidTable()) {
      while (!todo.isEmpty()) {
        Cid cid = todo.pop();
        if (seen.put(cid, 1) != 0 || !enter.test(cid) || cid.codec() == Cid.Codec.RAW) {
          continue;
        }
        List<Cid> links = DagLinks.of(cid, source.get(cid));
        for (Cid link : links) {
          if (link.codec() == Cid.Codec.RAW && seen.put(link, 1) == 0) {
            boolean unused = enter.test(link);
          }
        }
        for (Cid link : links.reversed()) {
          if (link.codec() != Cid.Codec.RAW) {
            todo.push(link);
          }
        }
      }
    }
  }
}
