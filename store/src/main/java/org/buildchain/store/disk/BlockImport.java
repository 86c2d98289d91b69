package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.RemoteBlocks;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.DagLinks;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.path.StorePath;

/**
 * Stores an object from its blocks, of which only those are fetched that are not here. They come
 * from anybody: each must be what its CID says, the object must be the one that was spoken of, and
 * its tree must have the NAR hash. Nothing is visible before all of that is known.
 */
final class BlockImport {
  /** Blocks that are asked for at once; they are in memory together. */
  private static final int AT_ONCE = 16;

  private final DiskStore store;
  private final ObjectWriter writer;
  private final CarImport check;
  private final RemoteBlocks remote;
  private final long most;
  private long fetched;

  /**
   * @param check checks trees
   * @param most how many bytes are fetched
   */
  BlockImport(
      DiskStore store, ObjectWriter writer, CarImport check, RemoteBlocks remote, long most) {
    this.store = store;
    this.writer = writer;
    this.check = check;
    this.remote = remote;
    this.most = most;
  }

  /** Fetches the blocks and makes the object valid. */
  void run(ForeignObject said, Cid cid, Instant now) throws IOException {
    tree(begin(said, cid), List.of("root", "rewrites", "self"));
    StoreObject object = StoreObject.read(cid, writer.batch());
    PathInfo info = check.check(cid, object, now);
    if (!info.references().equals(said.references())) {
      throw new FormatException("store object " + cid, "has other references than were stated");
    }
    writer.commit(List.of(valid(said, cid, now)));
  }

  /**
   * Fetches no more than what describes the object, and makes it valid. That this CID is the
   * object's must be known: its content is not looked at.
   *
   * @param places where the rest of the blocks are
   */
  void runLazily(ForeignObject said, Cid cid, Instant now, List<String> places) throws IOException {
    Ipld object = begin(said, cid);
    tree(object, List.of("rewrites", "self"));
    // The table must be one, or nothing of the object could ever be read.
    StoreObject unused = StoreObject.read(cid, writer.batch());
    writer.commit(List.of(valid(said, cid, now)), (w, path) -> PartialPaths.add(w, path, places));
  }

  /** The object's own block. */
  private Ipld begin(ForeignObject said, Cid cid) throws IOException {
    String what = "store object " + cid;
    if (cid.codec() != Cid.Codec.DAG_CBOR) {
      throw new FormatException(what, "is none");
    }
    fetch(List.of(cid));
    Ipld map = DagCbor.decode(what, writer.batch().get(cid));
    checkFields(what, said, new Fields(what, map));
    return map;
  }

  private static PathInfo valid(ForeignObject said, Cid cid, Instant now) {
    return new PathInfo(
        said.path(),
        cid.toString(),
        said.narHash(),
        said.narSize(),
        said.references(),
        said.deriver(),
        now,
        false,
        said.signatures(),
        said.contentAddress());
  }

  /** Before anything else of it is fetched. */
  private void checkFields(String what, ForeignObject said, Fields fields) {
    SortedSet<StorePath> references = new TreeSet<>();
    for (Ipld entry : fields.array("references")) {
      List<Ipld> pair = Fields.pair(what, entry);
      if (!(pair.get(0) instanceof Ipld.Text name) || !(pair.get(1) instanceof Ipld.Link link)) {
        throw new FormatException(what, "a reference must be a name and a link");
      }
      StorePath path = StorePath.parse(name.value());
      Optional<PathInfo> here = store.query(path);
      if (!here.map(PathInfo::object).equals(Optional.of(link.value().toString()))) {
        throw new FormatException(what, "refers to another '" + path + "' than is here");
      }
      references.add(path);
    }
    SortedSet<StorePath> stated = new TreeSet<>(said.references());
    stated.remove(said.path());
    if (!fields.text("path").equals(said.path().toString())
        || !Arrays.equals(fields.bytes("narHash"), said.narHash().bytes())
        || fields.number("narSize") != said.narSize()
        || !fields
            .optionalText("ca")
            .equals(said.contentAddress().map(address -> address.toString()))
        || !references.equals(stated)) {
      throw new FormatException(what, "is another one than was stated");
    }
  }

  /** Level by level: a level's blocks are asked for together. */
  private void tree(Ipld object, List<String> fields) throws IOException {
    Set<Cid> seen = new HashSet<>();
    Set<Cid> level = new LinkedHashSet<>();
    if (object instanceof Ipld.Map map) {
      for (String field : fields) {
        if (map.values().get(field) instanceof Ipld.Link(Cid cid)) {
          level.add(cid);
        }
      }
    }
    while (!level.isEmpty()) {
      fetch(level);
      seen.addAll(level);
      Set<Cid> next = new LinkedHashSet<>();
      for (Cid cid : level) {
        if (cid.codec() == Cid.Codec.DAG_PB) {
          DagLinks.of(cid, writer.batch().get(cid)).stream()
              .filter(c -> !seen.contains(c))
              .forEach(next::add);
        }
      }
      level = next;
    }
  }

  private void fetch(Iterable<Cid> wanted) throws IOException {
    List<Cid> missing = new ArrayList<>();
    for (Cid cid : wanted) {
      if (!writer.batch().hold(cid)) {
        missing.add(cid);
        if (missing.size() == AT_ONCE) {
          together(missing);
          missing.clear();
        }
      }
    }
    together(missing);
  }

  private void together(List<Cid> missing) throws IOException {
    List<FutureTask<byte[]>> tasks =
        missing.stream().map(c -> new FutureTask<>(() -> remote.get(c.toString()))).toList();
    List<Thread> threads =
        tasks.stream().map(t -> Thread.ofVirtual().name("block").start(t)).toList();
    try {
      for (int i = 0; i < tasks.size(); i++) {
        put(missing.get(i), tasks.get(i).get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private void put(Cid cid, byte[] data) throws IOException {
    fetched += data.length;
    if (fetched > most) {
      throw new FormatException(
          "store object", "too little of it is here already: more than " + most + " bytes are not");
    }
    if (data.length > Block.MAX_SIZE || !Block.of(cid.codec(), data).cid().equals(cid)) {
      throw new FormatException("block " + cid, "other bytes came for it");
    }
    writer.batch().put(new Block(cid, data));
  }
}
