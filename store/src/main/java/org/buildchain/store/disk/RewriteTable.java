package org.buildchain.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.hashrewrite.HashFinder;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.ipld.UnixFsNode;
import org.buildchain.store.ipld.UnixFsReader;
import org.buildchain.store.ipld.UnixFsWriter;

/**
 * Where references stood in the files of a tree, as dag-cbor: an array of {@code [path, [hash, gap,
 * hash, gap, …]]}, each gap counted from the end of the occurrence before. Objects of the first
 * format have a field {@code self} instead, {@code [path, [offset, …]]}, for their own hash alone.
 */
final class RewriteTable {
  /** A longer table is a file of its own, which a rebuilt object shares. */
  private static final int MAX_INLINE = 128;

  private static final int MAX_BYTES = 64 << 20;

  private RewriteTable() {}

  /** The value of the object's field {@code rewrites}. */
  static Ipld store(SortedMap<String, Rewrites> rewrites, Block.Sink sink) throws IOException {
    List<Ipld> files = new ArrayList<>();
    for (Map.Entry<String, Rewrites> file : rewrites.entrySet()) {
      List<Ipld> numbers = new ArrayList<>();
      long[] offsets = file.getValue().offsets();
      int[] hashes = file.getValue().hashes();
      long end = 0;
      for (int i = 0; i < offsets.length; i++) {
        numbers.add(new Ipld.Int(hashes[i]));
        numbers.add(new Ipld.Int(offsets[i] - end));
        end = offsets[i] + HashFinder.LENGTH;
      }
      files.add(
          new Ipld.Array(
              List.of(new Ipld.Bytes(Octets.bytes(file.getKey())), new Ipld.Array(numbers))));
    }
    Ipld table = new Ipld.Array(files);
    byte[] bytes = DagCbor.encode(table);
    if (bytes.length <= MAX_INLINE) {
      return table;
    }
    UnixFsWriter.FileWriter writer = new UnixFsWriter(sink).file(false);
    for (int at = 0; at < bytes.length; at += UnixFsWriter.CHUNK) {
      writer.chunk(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + UnixFsWriter.CHUNK)));
    }
    return new Ipld.Link(writer.finish().cid());
  }

  /**
   * Reads an object's table.
   *
   * @param hashes how many hashes it may name
   * @throws FormatException if it is none, or longer than any that is written
   */
  static SortedMap<String, Rewrites> read(
      String what, Fields fields, Block.Source source, int hashes) throws IOException {
    Optional<Ipld> first = fields.optional("self");
    if (first.isPresent()) {
      return entries(what, load(what, first.get(), source), numbers -> Rewrites.of(numbers));
    }
    Optional<Ipld> table = fields.optional("rewrites");
    return table.isEmpty()
        ? new TreeMap<>()
        : entries(what, load(what, table.get(), source), numbers -> rewrites(numbers, hashes));
  }

  private static Rewrites rewrites(long[] numbers, int hashes) {
    int count = numbers.length / 2;
    if (count * 2 != numbers.length) {
      throw new IllegalArgumentException("an occurrence lacks its place");
    }
    long[] offsets = new long[count];
    int[] which = new int[count];
    long end = 0;
    for (int i = 0; i < count; i++) {
      if (numbers[2 * i] < 0 || numbers[2 * i] >= hashes || numbers[2 * i + 1] < 0) {
        throw new IllegalArgumentException("no such hash: " + numbers[2 * i]);
      }
      which[i] = (int) numbers[2 * i];
      offsets[i] = Math.addExact(end, numbers[2 * i + 1]);
      end = Math.addExact(offsets[i], HashFinder.LENGTH);
    }
    return Rewrites.of(offsets, which);
  }

  private static Ipld load(String what, Ipld table, Block.Source source) throws IOException {
    if (!(table instanceof Ipld.Link(Cid cid))) {
      return table;
    }
    if (!(new UnixFsReader(source).open(cid) instanceof UnixFsNode.File file)
        || file.size() > MAX_BYTES) {
      throw new FormatException(what, "the table of references is no file, or too long");
    }
    byte[] bytes = new byte[(int) file.size()];
    file.read(0, ByteBuffer.wrap(bytes));
    return DagCbor.decode(what, bytes);
  }

  private interface Decoder {
    Rewrites decode(long[] numbers);
  }

  private static SortedMap<String, Rewrites> entries(String what, Ipld table, Decoder decoder) {
    SortedMap<String, Rewrites> out = new TreeMap<>();
    for (Ipld entry : Fields.array(what, table)) {
      List<Ipld> pair = Fields.pair(what, entry);
      if (!(pair.get(0) instanceof Ipld.Bytes(byte[] name))) {
        throw new FormatException(
            what, "an entry of its table of references must begin with a path");
      }
      long[] numbers =
          Fields.array(what, pair.get(1)).stream()
              .mapToLong(i -> i instanceof Ipld.Int(long n) ? n : -1)
              .toArray();
      try {
        out.put(Octets.of(name), decoder.decode(numbers));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new FormatException(what, "its table of references: " + e.getMessage());
      }
    }
    return out;
  }
}
