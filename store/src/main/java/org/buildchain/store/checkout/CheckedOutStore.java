package org.buildchain.store.checkout;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.ForwardingStore;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;

/**
 * A store whose objects stand as plain files in its store folder, for readers without a mount.
 * Whatever this says is valid stands there: what is missing is written when it is asked for, so
 * that a crash between the database and the files costs nothing. Thread-safe.
 *
 * <p>The files are for readers; what the store itself reads are its blocks. Somebody with the right
 * to write to the folder can falsify a file, which {@link DiskStore#verify} does not see, but
 * {@link #falsified} does.
 */
public final class CheckedOutStore extends ForwardingStore {
  private final DiskStore disk;
  private final Checkout checkout;

  /**
   * @param disk its store folder is where objects are written
   */
  public CheckedOutStore(DiskStore disk) {
    super(disk);
    this.disk = disk;
    this.checkout = new Checkout(disk.dir());
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    Optional<PathInfo> info = disk.query(path);
    if (info.isPresent()) {
      show(path);
    }
    return info;
  }

  @Override
  public boolean isValid(StorePath path) {
    boolean valid = disk.isValid(path);
    if (valid) {
      show(path);
    }
    return valid;
  }

  @Override
  public boolean holds(StorePath path) {
    return disk.holds(path);
  }

  private void show(StorePath path) {
    try {
      if (!checkout.has(path)) {
        checkout.write(path, disk.open(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write '" + dir().print(path) + "': " + e.getMessage(), e);
    }
  }

  @Override
  public List<StorePath> addTexts(List<Text> texts, List<NewObject> files) throws IOException {
    try (Use _ = use()) {
      List<StorePath> paths = disk.addTexts(texts, files);
      files.forEach(f -> show(f.path()));
      paths.forEach(this::show);
      return paths;
    }
  }

  @Override
  public StorePath addTree(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    try (Use _ = use()) {
      StorePath path = disk.addTree(name, tree, method, algorithm);
      show(path);
      return path;
    }
  }

  @Override
  public List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    try (Use _ = use()) {
      List<PathInfo> infos = disk.addObjects(objects);
      infos.forEach(i -> show(i.path()));
      return infos;
    }
  }

  /** Stores an object from its NAR; see {@link DiskStore#importNar}. */
  public PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    try (Use _ = use()) {
      PathInfo info = disk.importNar(said, nar);
      show(info.path());
      return info;
    }
  }

  /**
   * What is wrong with the files of a valid path: somebody has written to them. Words are those of
   * {@code nix-store --verify} of Nix 2.26.
   */
  public Optional<String> falsified(StorePath path) {
    Hash expected = disk.query(path).orElseThrow().narHash();
    show(path);
    String name = dir().print(path);
    try {
      Hash found =
          disk.contentHash(
              DiskTree.of(Octets.fromText(name)),
              IngestionMethod.NAR,
              HashAlgorithm.SHA256,
              Optional.empty());
      return found.equals(expected)
          ? Optional.empty()
          : Optional.of(
              "path '"
                  + name
                  + "' was modified! expected hash '"
                  + expected.prefixed(Hash.Format.NIX32)
                  + "', got '"
                  + found.prefixed(Hash.Format.NIX32)
                  + "'");
    } catch (IOException | FormatException | StoreException e) {
      return Optional.of("path '" + name + "' was modified! " + e.getMessage());
    }
  }

  /** Writes the files of a valid path anew. */
  public void restore(StorePath path) throws IOException {
    checkout.replace(path, disk.open(path));
  }

  /** Removes the files of paths that cease to be valid. */
  public void removed(Collection<StorePath> paths) throws IOException {
    for (StorePath path : paths) {
      checkout.remove(path);
    }
  }
}
