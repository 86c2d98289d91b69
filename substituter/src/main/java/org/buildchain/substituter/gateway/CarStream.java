package org.buildchain.substituter.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.store.format.FormatException;

/**
 * A CAR file of version 1: the blocks of the way, then what the scope wants of the last, depth
 * first. Source: "Trustless Gateway Specification", specs.ipfs.tech, "CAR responses".
 */
final class CarStream {
  private static final int MAX_DEPTH = 32;

  private final BlockFinder blocks;
  private final OutputStream out;
  private final boolean twice;
  private final Set<AnyCid> sent = new HashSet<>();

  /** How much of what a CID names is sent. */
  enum Scope {
    BLOCK,
    ENTITY,
    ALL
  }

  /**
   * @param twice whether a block is sent as often as something leads to it
   */
  CarStream(BlockFinder blocks, OutputStream out, boolean twice) {
    this.blocks = blocks;
    this.out = out;
    this.twice = twice;
  }

  /** Writes the file. */
  void write(Resolved target, Scope scope, Optional<EntityBytes> range) throws IOException {
    header(target.last());
    for (AnyCid cid : target.way()) {
      byte[] unused = send(cid);
    }
    if (range.isPresent() && part(target.last(), range.get())) {
      return;
    }
    Deque<AnyCid> todo = new ArrayDeque<>(List.of(target.last()));
    while (!todo.isEmpty()) {
      AnyCid cid = todo.pop();
      if (!twice && sent.contains(cid)) {
        continue;
      }
      byte[] block = send(cid);
      List<AnyCid> next = new ArrayList<>();
      if (scope != Scope.BLOCK) {
        Node node = Node.of(cid, block);
        for (Node.Link link : node.links()) {
          if (scope == Scope.ALL || belongs(node, link)) {
            next.add(link.cid());
          }
        }
      }
      next.reversed().forEach(todo::push);
    }
  }

  /** Whether what a link leads to is a part of the same file or folder. */
  private static boolean belongs(Node node, Node.Link link) {
    return switch (node.kind()) {
      case FILE -> true;
      case SHARD -> Node.isShard(link);
      case LEAF, FOLDER, OTHER -> false;
    };
  }

  /** A part of a file; false if it is none. */
  private boolean part(AnyCid cid, EntityBytes range) throws IOException {
    byte[] block = blocks.get(cid);
    Node node = Node.of(cid, block);
    if (node.kind() != Node.Kind.FILE || node.links().size() != node.sizes().size()) {
      return false;
    }
    long size = node.own() + node.sizes().stream().mapToLong(s -> s).sum();
    EntityBytes.Span span = range.of(size);
    part(cid, 0, span, 0);
    return true;
  }

  private void part(AnyCid cid, long begin, EntityBytes.Span span, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new FormatException("file " + cid, "is nested too deeply");
    }
    byte[] block = send(cid);
    Node node = Node.of(cid, block);
    if (node.links().size() != node.sizes().size()) {
      return;
    }
    long at = begin + node.own();
    for (int i = 0; i < node.links().size(); i++) {
      long end = at + node.sizes().get(i);
      if (at < span.to() && end > span.from()) {
        part(node.links().get(i).cid(), at, span, depth + 1);
      }
      at = end;
    }
  }

  /** Sends a block, unless it was sent; what a CID holds itself is no block. */
  private byte[] send(AnyCid cid) throws IOException {
    byte[] block = blocks.get(cid);
    if (cid.inline().isEmpty() && (sent.add(cid) || twice)) {
      varint(cid.bytes().length + (long) block.length);
      out.write(cid.bytes());
      out.write(block);
    }
    return block;
  }

  /** {@code {"roots": [CID], "version": 1}} as dag-cbor; a CID there begins with a 0 byte. */
  private void header(AnyCid root) throws IOException {
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.writeBytes(new byte[] {(byte) 0xa2, 0x65, 'r', 'o', 'o', 't', 's', (byte) 0x81});
    int length = root.bytes().length + 1;
    cbor.writeBytes(new byte[] {(byte) 0xd8, 0x2a});
    cbor.writeBytes(
        length < 24
            ? new byte[] {(byte) (0x40 | length)}
            : length < 256
                ? new byte[] {0x58, (byte) length}
                : new byte[] {0x59, (byte) (length >> 8), (byte) length});
    cbor.write(0);
    cbor.writeBytes(root.bytes());
    cbor.writeBytes(new byte[] {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 1});
    varint(cbor.size());
    cbor.writeTo(out);
  }

  private void varint(long value) throws IOException {
    long v = value;
    while (v > 0x7f) {
      out.write((int) (v & 0x7f) | 0x80);
      v >>>= 7;
    }
    out.write((int) v);
  }
}
