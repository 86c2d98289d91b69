package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.nar.NarTree;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * Takes an object from its NAR while that streams in. The NAR comes from anybody: it must have the
 * hash and the size that are stated, and the content address if there is one.
 */
final class NarImport {
  private final StoreDir dir;
  private final Path disk;
  private final ObjectWriter writer;

  /**
   * @param disk a folder of the store
   */
  NarImport(StoreDir dir, Path disk, ObjectWriter writer) {
    this.dir = dir;
    this.disk = disk;
    this.writer = writer;
  }

  /** Reads the NAR, and finds that it is what is stated. */
  ObjectWriter.Read read(ForeignObject said, InputStream in) throws IOException {
    String what = "NAR of '" + dir.print(said.path()) + "'";
    long free = disk.toFile().getUsableSpace();
    if (said.narSize() > free) {
      throw new StoreException(
          what
              + ": it says that it has "
              + said.narSize()
              + " bytes, and the store's disk has "
              + free
              + " free");
    }
    SortedSet<StorePath> candidates = new TreeSet<>(said.references());
    candidates.add(said.path());
    Coming nar = new Coming(what, said, in);
    TreeImport.Result result;
    try (nar) {
      result = writer.read(candidates, nar.tree.root(), nar);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (StackOverflowError e) {
      throw new FormatException(what, "its folders are nested too deeply");
    }
    if (!result.narHash().equals(said.narHash()) || result.narSize() != said.narSize()) {
      throw new FormatException(
          what,
          "hash mismatch: wanted "
              + said.narHash()
              + " ("
              + said.narSize()
              + " bytes), got "
              + result.narHash()
              + " ("
              + result.narSize()
              + " bytes)");
    }
    NewObject object =
        new NewObject(
            said.path(),
            nar.tree.root(),
            said.references(),
            said.deriver(),
            false,
            said.contentAddress());
    ObjectWriter.Read read = new ObjectWriter.Read(object, result, said.references());
    if (said.contentAddress().isPresent()) {
      checkAddress(what, said, read);
    }
    return read;
  }

  /** Takes the digest of a NAR as it comes. */
  private final class Coming implements TreeImport.NarSum {
    private final SideDigest digest = new SideDigest(writer.digests());
    private final NarTree tree;

    Coming(String what, ForeignObject said, InputStream in) throws IOException {
      NarLimit limit = new NarLimit(what, said.path(), said.narSize());
      tree =
          new NarTree(
              what,
              in,
              said.narSize(),
              (data, offset, length) -> {
                limit.count(data, offset, length);
                digest.write(data, offset, length);
              });
    }

    @Override
    public NarWriter writer() {
      return NarWriter.silent();
    }

    @Override
    public long size() {
      return tree.length();
    }

    @Override
    public Hash digest() {
      return digest.finish();
    }

    @Override
    public void close() {
      digest.close();
    }
  }

  private void checkAddress(String what, ForeignObject said, ObjectWriter.Read read)
      throws IOException {
    SortedMap<StorePath, Cid> links = new TreeMap<>();
    // What is there instead of the references' objects, which may not be known yet, is not read.
    said.references().forEach(r -> links.put(r, read.result().root()));
    boolean self = links.remove(said.path()) != null;
    StoreObject stored = ObjectWriter.object(read, links);
    FileTree again = new StoredTree(stored, writer.batch()).root();
    AddressCheck.check(what, dir, stored, new TreeSet<>(links.keySet()), self, again);
  }

  /** What will be known of an object. */
  static PathInfo signed(PathInfo info, ForeignObject said) {
    return new PathInfo(
        info.path(),
        info.object(),
        info.narHash(),
        info.narSize(),
        info.references(),
        info.deriver(),
        info.registered(),
        false,
        said.signatures(),
        info.contentAddress());
  }
}
