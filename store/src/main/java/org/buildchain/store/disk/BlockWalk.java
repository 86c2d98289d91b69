package org.buildchain.store.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
   * Visits each block once, links before what they lead to. Raw blocks are not read.
   *
   * @param enter is told of a block; false passes over what is below it
   */
  static void of(Cid object, Block.Source source, Predicate<Cid> enter) throws IOException {
    Set<Cid> seen = new HashSet<>();
    Deque<Cid> todo = new ArrayDeque<>();
    if (!enter.test(object)) {
      return;
    }
    Fields fields =
        new Fields(
            "store object " + object, DagCbor.decode("store object " + object, source.get(object)));
    todo.add(fields.link("root"));
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
    for (Cid cid; (cid = todo.poll()) != null; ) {
      if (seen.add(cid) && enter.test(cid) && cid.codec() != Cid.Codec.RAW) {
        todo.addAll(DagLinks.of(cid, source.get(cid)));
      }
    }
  }
}
