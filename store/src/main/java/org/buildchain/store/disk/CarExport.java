package org.buildchain.store.disk;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.car.CarWriter;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagLinks;

/**
 * Writes what is reached from a CID as a CAR file: depth first, each block before those that it
 * links to, in the order of {@link DagLinks}, each once. There is one such file for a root.
 */
final class CarExport {
  private final BlockFiles blocks;

  CarExport(BlockFiles blocks) {
    this.blocks = blocks;
  }

  private interface Visitor {
    void visit(Cid cid) throws IOException;
  }

  void write(Cid root, int version, CarScope scope, OutputStream out) throws IOException {
    CarWriter writer = new CarWriter(out);
    if (version == 1) {
      writer.begin(root);
    } else {
      long[] sections = {0};
      walk(root, scope, cid -> sections[0] += CarWriter.sectionSize(length(cid)));
      writer.beginV2(root, sections[0]);
    }
    walk(root, scope, cid -> writer.block(new Block(cid, blocks.get(cid))));
  }

  private long length(Cid cid) throws IOException {
    return blocks.place(cid).isPresent()
        ? blocks.length(cid, blocks.place(cid).get())
        : blocks.get(cid).length;
  }

  private void walk(Cid root, CarScope scope, Visitor visitor) throws IOException {
    Set<Cid> seen = new HashSet<>();
    Deque<Cid> todo = new ArrayDeque<>(List.of(root));
    while (!todo.isEmpty()) {
      Cid cid = todo.pop();
      if (seen.add(cid)) {
        visitor.visit(cid);
        if (cid.codec() != Cid.Codec.RAW) {
          links(cid, scope).reversed().forEach(todo::push);
        }
      }
    }
  }

  private List<Cid> links(Cid cid, CarScope scope) throws IOException {
    return switch (scope) {
      case BLOCK -> List.of();
      case ENTITY -> DagLinks.ofEntity(cid, blocks.get(cid));
      case ALL -> DagLinks.of(cid, blocks.get(cid));
    };
  }
}
