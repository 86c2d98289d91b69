package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockBatch;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.block.PieceDigests;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Table;
import org.buildchain.store.database.Transaction;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;

/**
 * Makes objects valid in one durable step: blocks first, then one transaction. For one thread and
 * one step; closing it drops what was not registered.
 */
final class ObjectWriter implements AutoCloseable {
  private final Database database;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final Clock clock;
  private final BlockBatch batch;
  private final Block.Sink sink;
  private final PieceDigests digests;

  ObjectWriter(Database database, BlockFiles blocks, PathUses uses, Clock clock) {
    this.database = database;
    this.blocks = blocks;
    this.uses = uses;
    this.clock = clock;
    this.batch = blocks.batch();
    this.sink = batch;
    this.digests = blocks.digests();
  }

  /**
   * A writer.
   *
   * @param tap gets every block, also those that are here already
   */
  ObjectWriter(Database database, BlockFiles blocks, PathUses uses, Clock clock, Block.Sink tap) {
    this.database = database;
    this.blocks = blocks;
    this.uses = uses;
    this.clock = clock;
    this.batch = blocks.batch();
    this.sink =
        block -> {
          tap.put(block);
          batch.put(block);
        };
    this.digests = blocks.digests();
  }

  /**
   * An object whose tree was read.
   *
   * @param references its own path among them if it refers to itself
   */
  record Read(NewObject object, TreeImport.Result result, SortedSet<StorePath> references) {}

  /** Reads a tree into blocks; see {@link TreeImport}. */
  TreeImport.Result read(
      Collection<StorePath> candidates, boolean zeroing, FileTree tree, NarWriter.Sink extra)
      throws IOException {
    return new TreeImport(candidates, zeroing, sink, digests, extra).run(tree);
  }

  /** Reads the tree of a NAR that streams in likewise. */
  TreeImport.Result read(Collection<StorePath> candidates, FileTree tree, TreeImport.NarSum nar)
      throws IOException {
    return new TreeImport(candidates, true, sink, digests, nar).run(tree);
  }

  /**
   * Stores a text as it is: a derivation holds hashes of its own outputs, so that nothing would be
   * shared with the references zeroed. A short one is a block, whose CID follows from the digest.
   *
   * @param hash the SHA-256 of {@code content}
   */
  TreeImport.Result text(byte[] content, Hash hash) throws IOException {
    if (content.length > UnixFsWriter.CHUNK) {
      return read(Set.of(), false, new MemoryFile(content, false), (data, offset, length) -> {});
    }
    Cid cid = new Cid(Cid.Codec.RAW, hash.bytes());
    sink.put(new Block(cid, content));
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    NarWriter nar = new NarWriter(digest::update);
    nar.begin();
    nar.beginFile(false, content.length);
    nar.content(content, 0, content.length);
    nar.endFile(content.length);
    return new TreeImport.Result(
        cid,
        new Hash(HashAlgorithm.SHA256, digest.digest()),
        nar.written(),
        new TreeSet<>(),
        new TreeMap<>(),
        List.of());
  }

  /**
   * Makes the objects valid.
   *
   * @throws StoreException if they refer to each other in a circle, or to something invalid
   */
  void register(List<Read> reads) throws IOException {
    commit(prepare(reads));
  }

  /**
   * Writes what describes the objects, without making them valid.
   *
   * @return what {@link #commit} takes
   */
  List<PathInfo> prepare(List<Read> reads) throws IOException {
    return prepare(reads, new HashMap<>());
  }

  /**
   * The same.
   *
   * @param objects those that will be valid before, by their paths; gets these as well
   */
  List<PathInfo> prepare(List<Read> reads, Map<StorePath, Cid> objects) throws IOException {
    reads.forEach(r -> uses.touch(r.object().path()));
    Instant now = clock.instant();
    List<PathInfo> infos = new ArrayList<>();
    for (Read read : ordered(reads)) {
      PathInfo info = store(read, objects, now);
      objects.put(info.path(), Cid.parse(info.object()));
      infos.add(info);
    }
    return infos;
  }

  /** The blocks of this step. */
  BlockBatch batch() {
    return batch;
  }

  /** What digests the blocks of this step. */
  PieceDigests digests() {
    return digests;
  }

  /** Makes the blocks durable and the paths valid. */
  void commit(List<PathInfo> infos) throws IOException {
    commit(infos, (w, path) -> {});
  }

  /** The same, with more to write for each path that this makes valid. */
  void commit(List<PathInfo> infos, BiConsumer<Transaction, StorePath> more) throws IOException {
    commit(List.of(this), infos, more);
  }

  /** What several writers have prepared, in one step; there is one writer at least. */
  static void commit(List<ObjectWriter> writers, List<PathInfo> infos) throws IOException {
    commit(writers, infos, (w, path) -> {});
  }

  private static void commit(
      List<ObjectWriter> writers, List<PathInfo> infos, BiConsumer<Transaction, StorePath> more)
      throws IOException {
    Map<Cid, BlockPlace> fresh = BlockBatch.publish(batches(writers));
    writers.getFirst().database.write(w -> register(w, fresh, infos, more));
    writers.forEach(w -> w.batch.keep());
  }

  /** The same, without waiting for the disk if that may be; see {@link Database#writeSoon}. */
  static void commitSoon(List<ObjectWriter> writers, List<PathInfo> infos) throws IOException {
    Map<Cid, BlockPlace> fresh = BlockBatch.name(batches(writers));
    Set<Path> files = BlockBatch.named(batches(writers));
    long bytes = writers.stream().mapToLong(w -> w.batch.bytes()).sum();
    Database database = writers.getFirst().database;
    if (!database.writeSoon(w -> register(w, fresh, infos, (v, path) -> {}), bytes, files)) {
      BlockFiles.sync(writers.getFirst().blocks.folder(), files);
      database.write(w -> register(w, fresh, infos, (v, path) -> {}));
    }
    writers.forEach(w -> w.batch.keep());
  }

  private static List<BlockBatch> batches(List<ObjectWriter> writers) {
    return writers.stream().map(w -> w.batch).toList();
  }

  private static void register(
      Transaction w,
      Map<Cid, BlockPlace> fresh,
      List<PathInfo> infos,
      BiConsumer<Transaction, StorePath> more) {
    // Another step may have written the same block meanwhile: either place will do.
    fresh.forEach((cid, place) -> w.put(BLOCKS, cid.bytes(), place.encode()));
    for (PathInfo info : infos) {
      // Another caller may have registered the same path meanwhile: it keeps its content.
      if (!w.has(Table.PATHS, Octets.bytes(info.path().toString()))) {
        PathRecord.register(w, info);
        more.accept(w, info.path());
      }
    }
  }

  private PathInfo store(Read read, Map<StorePath, Cid> objects, Instant now) throws IOException {
    NewObject object = read.object();
    TreeImport.Result result = read.result();
    SortedMap<StorePath, Cid> links = new TreeMap<>();
    for (StorePath reference : read.references()) {
      if (!reference.equals(object.path())) {
        links.put(reference, object(reference, objects, object.path()));
      }
    }
    Cid cid = object(read, links).store(sink);
    return new PathInfo(
        object.path(),
        cid.toString(),
        result.narHash(),
        result.narSize(),
        read.references(),
        object.deriver(),
        now,
        object.ultimate(),
        new TreeSet<>(),
        object.contentAddress());
  }

  /**
   * An object as it will be stored.
   *
   * @param links the objects that it refers to besides itself
   */
  static StoreObject object(Read read, SortedMap<StorePath, Cid> links) {
    NewObject object = read.object();
    TreeImport.Result result = read.result();
    return new StoreObject(
        object.path(),
        result.root(),
        links,
        rewrites(object.path(), result, links.keySet()),
        result.narHash(),
        result.narSize(),
        object.contentAddress());
  }

  /** The rewrites of a reading, with hashes numbered as the object counts them. */
  private static SortedMap<String, Rewrites> rewrites(
      StorePath path, TreeImport.Result result, Set<StorePath> references) {
    if (result.rewrites().isEmpty()) {
      return result.rewrites();
    }
    List<StorePath> order = StoreObject.hashes(path, references);
    Map<StorePath, Integer> places = new HashMap<>();
    order.forEach(p -> places.put(p, places.size()));
    int[] numbers =
        result.candidates().stream().mapToInt(p -> places.getOrDefault(p, -1)).toArray();
    SortedMap<String, Rewrites> out = new TreeMap<>();
    result.rewrites().forEach((name, r) -> out.put(name, r.renumbered(numbers)));
    return out;
  }

  private Cid object(StorePath reference, Map<StorePath, Cid> objects, StorePath from) {
    Cid here = objects.get(reference);
    if (here != null) {
      return here;
    }
    uses.touch(reference);
    byte[] bytes =
        database
            .read(r -> r.get(Table.PATHS, Octets.bytes(reference.toString())))
            .orElseThrow(
                () ->
                    new StoreException(
                        "cannot add '"
                            + from
                            + "': its reference '"
                            + reference
                            + "' is not valid"));
    Cid cid = PathRecord.object(reference, bytes);
    // The objects of one step refer to the same ones again and again.
    objects.put(reference, cid);
    return cid;
  }

  /** The objects, each behind those of them that it refers to. */
  private static List<Read> ordered(List<Read> reads) {
    Map<StorePath, Read> byPath = new TreeMap<>();
    reads.forEach(r -> byPath.putIfAbsent(r.object().path(), r));
    List<Read> out = new ArrayList<>();
    Set<StorePath> done = new HashSet<>();
    for (Read read : byPath.values()) {
      visit(read, byPath, done, new LinkedHashSet<>(), out);
    }
    return out;
  }

  private static void visit(
      Read read,
      Map<StorePath, Read> byPath,
      Set<StorePath> done,
      LinkedHashSet<StorePath> way,
      List<Read> out) {
    StorePath path = read.object().path();
    if (done.contains(path)) {
      return;
    }
    if (!way.add(path)) {
      throw new StoreException(
          "cycle detected in the references of '" + way.getLast() + "' to '" + path + "'");
    }
    for (StorePath reference : read.references()) {
      Read next = byPath.get(reference);
      if (next != null && !reference.equals(path)) {
        visit(next, byPath, done, way, out);
      }
    }
    way.remove(path);
    done.add(path);
    out.add(read);
  }

  @Override
  public void close() throws IOException {
    batch.close();
  }
}
