package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Table;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagLinks;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * Reads a CAR file that {@link CarExport} would write: a store object with its closure. The file
 * comes from anybody. Blocks must be exactly those that the root leads to, in exactly that order;
 * every tree is read and must have the NAR hash and the size that its object states, and its
 * content address if it has one; names must be such that no store path or file stands elsewhere.
 * Nothing is visible before all of that is known.
 */
final class CarImport {
  private static final String WHAT = "CAR file";
  private static final int MAX_DEPTH = 1024;
  private static final int MAX_NAME = 255;
  private static final int MAX_TARGET = 4095;

  private final StoreDir dir;
  private final Database database;
  private final PathUses uses;
  private final ObjectWriter writer;

  CarImport(StoreDir dir, Database database, PathUses uses, ObjectWriter writer) {
    this.dir = dir;
    this.database = database;
    this.uses = uses;
    this.writer = writer;
  }

  /** Reads the file and makes its objects valid. */
  List<StorePath> run(InputStream in, Instant now) throws IOException {
    List<Cid> objects = blocks(in);
    Map<Cid, StoreObject> read = new LinkedHashMap<>();
    for (Cid cid : objects) {
      read.put(cid, StoreObject.read(cid, writer.batch()));
    }
    Set<StorePath> paths = new HashSet<>();
    List<PathInfo> infos = new ArrayList<>();
    for (Map.Entry<Cid, StoreObject> entry : read.entrySet()) {
      StoreObject object = entry.getValue();
      if (!paths.add(object.path())) {
        throw new FormatException(WHAT, "two objects are called '" + object.path() + "'");
      }
      object
          .references()
          .forEach(
              (path, cid) -> {
                if (!read.containsKey(cid) || !read.get(cid).path().equals(path)) {
                  throw new FormatException(
                      WHAT, "object '" + object.path() + "' refers to '" + path + "' wrongly");
                }
              });
      if (isNew(entry.getKey(), object)) {
        infos.add(check(entry.getKey(), object, now));
      }
    }
    writer.commit(infos);
    return read.values().stream().map(StoreObject::path).toList();
  }

  /** Stores the blocks; gives the CIDs of the objects among them. */
  private List<Cid> blocks(InputStream in) throws IOException {
    CarReader car = new CarReader(in);
    if (car.root().codec() != Cid.Codec.DAG_CBOR) {
      throw new FormatException(WHAT, "its root is no store object");
    }
    List<Cid> objects = new ArrayList<>();
    Set<Cid> seen = new HashSet<>();
    Deque<Cid> todo = new ArrayDeque<>(List.of(car.root()));
    while (!todo.isEmpty()) {
      Cid cid = todo.pop();
      if (!seen.add(cid)) {
        continue;
      }
      Block block =
          car.next()
              .orElseThrow(() -> new FormatException(WHAT, "it is truncated before block " + cid));
      if (!block.cid().equals(cid)) {
        throw new FormatException(
            WHAT, "expected block " + cid + ", not " + block.cid() + ": it is out of order");
      }
      writer.batch().put(block);
      if (cid.codec() == Cid.Codec.DAG_CBOR) {
        objects.add(cid);
      }
      DagLinks.of(cid, block.data()).reversed().forEach(todo::push);
    }
    if (car.next().isPresent()) {
      throw new FormatException(WHAT, "holds blocks that its root does not lead to");
    }
    return objects;
  }

  private boolean isNew(Cid cid, StoreObject object) {
    uses.touch(object.path());
    Optional<byte[]> known =
        database.read(
            r ->
                r.get(
                    Table.PATHS,
                    org.buildchain.store.format.Octets.bytes(object.path().toString())));
    if (known.isEmpty()) {
      return true;
    }
    String there = PathRecord.decode(object.path(), known.get()).object();
    if (!there.equals(cid.toString())) {
      throw new StoreException(
          "path '"
              + dir.print(object.path())
              + "' is here already with another content: object "
              + there
              + ", not "
              + cid);
    }
    return false;
  }

  /**
   * Reads a tree whose blocks are there.
   *
   * @throws FormatException if it is not what its object says
   */
  PathInfo check(Cid cid, StoreObject object, Instant now) throws IOException {
    FileTree tree = new StoredTree(object, writer.batch()).root();
    // A node takes more than 64 bytes of a NAR.
    new Names(object.path(), object.narSize() / 64 + 1).check(tree, 0);
    Set<StorePath> candidates = new TreeSet<>(object.references().keySet());
    candidates.add(object.path());
    TreeImport.Result result =
        new TreeImport(
                candidates,
                false,
                Block.Sink.NONE,
                writer.digests(),
                new NarLimit(WHAT, object.path(), object.narSize())::count)
            .run(tree);
    if (!result.narHash().equals(object.narHash()) || result.narSize() != object.narSize()) {
      throw new FormatException(
          WHAT,
          "'" + object.path() + "' has NAR hash " + result.narHash() + ", not " + object.narHash());
    }
    SortedSet<StorePath> references = new TreeSet<>(object.references().keySet());
    boolean self = result.found().contains(object.path());
    AddressCheck.check(WHAT, dir, object, references, self, tree);
    if (self) {
      references.add(object.path());
    }
    return new PathInfo(
        object.path(),
        cid.toString(),
        object.narHash(),
        object.narSize(),
        references,
        Optional.empty(),
        now,
        false,
        new TreeSet<>(),
        object.contentAddress());
  }

  /** Names as a file system has them, in order: a mount shows them as they are. */
  private static final class Names {
    private final StorePath path;
    private long nodes;

    Names(StorePath path, long nodes) {
      this.path = path;
      this.nodes = nodes;
    }

    void check(FileTree tree, int depth) throws IOException {
      if (--nodes < 0) {
        throw new FormatException(WHAT, "'" + path + "' is larger than it says");
      }
      if (depth > MAX_DEPTH) {
        throw new FormatException(WHAT, "folders of '" + path + "' are nested too deeply");
      }
      switch (tree) {
        case FileTree.Directory folder -> {
          String last = "";
          for (FileTree.Entry entry : folder.entries()) {
            check(entry.name(), last);
            last = entry.name();
            check(entry.node(), depth + 1);
          }
        }
        case FileTree.Symlink link -> {
          String target = link.target();
          if (target.isEmpty() || target.length() > MAX_TARGET || target.indexOf('\0') >= 0) {
            throw new FormatException(WHAT, "'" + path + "' has a link with a wrong target");
          }
        }
        case FileTree.Regular _ -> {}
      }
    }

    private void check(String name, String last) {
      if (name.compareTo(last) <= 0
          || name.length() > MAX_NAME
          || name.indexOf('/') >= 0
          || name.indexOf('\0') >= 0
          || name.equals(".")
          || name.equals("..")) {
        throw new FormatException(
            WHAT, "'" + path + "' has a wrong name, or one out of order: '" + name + "'");
      }
    }
  }
}
