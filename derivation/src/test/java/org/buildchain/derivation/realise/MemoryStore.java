package org.buildchain.derivation.realise;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/** A store that forgets: the contract of {@link Store} without a disk. */
final class MemoryStore implements Store {
  private record File(byte[] bytes, boolean executable) implements FileTree.Regular {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }

  private record Folder(List<Entry> entries) implements FileTree.Directory {}

  private record Link(String target) implements FileTree.Symlink {}

  private final Map<StorePath, PathInfo> infos = new TreeMap<>();
  private final Map<StorePath, FileTree> trees = new TreeMap<>();
  private final Map<RealisationId, StorePath> realisations = new HashMap<>();
  private final Map<RealisationId, SortedMap<RealisationId, StorePath>> dependents =
      new HashMap<>();

  static FileTree file(String content) {
    return new File(Octets.bytes(content), false);
  }

  @Override
  public StoreDir dir() {
    return StoreDir.DEFAULT;
  }

  @Override
  public synchronized Optional<PathInfo> query(StorePath path) {
    return Optional.ofNullable(infos.get(path));
  }

  @Override
  public synchronized long version() {
    return infos.size();
  }

  @Override
  public synchronized SortedSet<StorePath> allPaths() {
    return new TreeSet<>(infos.keySet());
  }

  @Override
  public synchronized SortedSet<StorePath> referrers(StorePath path) {
    SortedSet<StorePath> out = new TreeSet<>();
    infos.values().stream()
        .filter(i -> i.references().contains(path) && !i.path().equals(path))
        .forEach(i -> out.add(i.path()));
    return out;
  }

  @Override
  public synchronized SortedSet<StorePath> closure(Collection<StorePath> roots) {
    SortedSet<StorePath> seen = new TreeSet<>();
    Deque<StorePath> left = new ArrayDeque<>(roots);
    while (!left.isEmpty()) {
      StorePath path = left.pop();
      PathInfo info = infos.get(path);
      if (info == null) {
        throw new StoreException("path '" + dir().print(path) + "' is not valid");
      }
      if (seen.add(path)) {
        left.addAll(info.references());
      }
    }
    return seen;
  }

  @Override
  public synchronized Optional<StorePath> byHashPart(String hashPart) {
    return infos.keySet().stream().filter(p -> p.hashPart().equals(hashPart)).findFirst();
  }

  @Override
  public synchronized List<StorePath> addTexts(List<Text> texts, List<NewObject> files)
      throws IOException {
    addObjects(files);
    List<StorePath> paths = new ArrayList<>();
    for (Text text : texts) {
      StorePath path = textPath(text);
      put(path, file(text.content()), text.references(), Optional.empty(), Optional.empty());
      paths.add(path);
    }
    return paths;
  }

  @Override
  public StorePath textPath(Text text) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(text.content()));
    return dir()
        .makeContentAddressed(
            text.name(), new ContentAddress(IngestionMethod.TEXT, hash), text.references(), false);
  }

  @Override
  public synchronized StorePath addTree(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    StorePath path = treePath(name, tree, method, algorithm);
    put(path, tree, Collections.emptySortedSet(), Optional.empty(), Optional.empty());
    return path;
  }

  @Override
  public StorePath treePath(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    Hash hash = contentHash(tree, method, algorithm, Optional.empty());
    return dir().makeContentAddressed(name, new ContentAddress(method, hash), List.of(), false);
  }

  @Override
  public synchronized List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    Map<StorePath, SortedSet<StorePath>> references = new TreeMap<>();
    for (NewObject o : objects) {
      references.put(o.path(), scan(o.tree(), o.candidates()));
    }
    for (StorePath path : references.keySet()) {
      refuseCycle(path, path, references, new TreeSet<>());
    }
    List<PathInfo> added = new ArrayList<>();
    for (NewObject o : objects) {
      put(o.path(), o.tree(), references.get(o.path()), o.deriver(), o.contentAddress());
      added.add(infos.get(o.path()));
    }
    return added;
  }

  private static void refuseCycle(
      StorePath start,
      StorePath at,
      Map<StorePath, SortedSet<StorePath>> references,
      Set<StorePath> seen) {
    for (StorePath next : references.getOrDefault(at, Collections.emptySortedSet())) {
      if (next.equals(start) && !at.equals(start)) {
        throw new StoreException("cycle of references at " + start);
      }
      if (seen.add(next)) {
        refuseCycle(start, next, references, seen);
      }
    }
  }

  private void put(
      StorePath path,
      FileTree tree,
      SortedSet<StorePath> references,
      Optional<StorePath> deriver,
      Optional<ContentAddress> address)
      throws IOException {
    if (infos.containsKey(path)) {
      return;
    }
    byte[] nar = nar(tree);
    infos.put(
        path,
        new PathInfo(
            path,
            "",
            Hash.of(HashAlgorithm.SHA256, nar),
            nar.length,
            references,
            deriver,
            Instant.EPOCH,
            true,
            Collections.emptySortedSet(),
            address));
    trees.put(path, copy(tree));
  }

  @Override
  public Hash contentHash(
      FileTree tree, IngestionMethod method, HashAlgorithm algorithm, Optional<String> selfHash)
      throws IOException {
    String text =
        Octets.of(
            method == IngestionMethod.NAR
                ? nar(tree)
                : ((FileTree.Regular) tree).open().readAllBytes());
    if (selfHash.isPresent()) {
      text = text.replace(selfHash.get(), "\0".repeat(StorePath.HASH_LENGTH));
    }
    return Hash.of(algorithm, Octets.bytes(text));
  }

  @Override
  public SortedSet<StorePath> scan(FileTree tree, Set<StorePath> candidates) throws IOException {
    String nar = Octets.of(nar(tree));
    SortedSet<StorePath> found = new TreeSet<>();
    candidates.stream().filter(c -> nar.contains(c.hashPart())).forEach(found::add);
    return found;
  }

  @Override
  public synchronized FileTree open(StorePath path) {
    FileTree tree = trees.get(path);
    if (tree == null) {
      throw new StoreException("path '" + dir().print(path) + "' is not valid");
    }
    return tree;
  }

  String read(StorePath path) {
    return Octets.of(((File) open(path)).bytes());
  }

  @Override
  public synchronized void addRealisation(
      RealisationId id, StorePath path, SortedMap<RealisationId, StorePath> dependents) {
    realisations.put(id, path);
    this.dependents.put(id, dependents);
  }

  @Override
  public synchronized Optional<StorePath> realisation(RealisationId id) {
    return Optional.ofNullable(realisations.get(id)).filter(this::isValid);
  }

  @Override
  public synchronized SortedMap<RealisationId, StorePath> dependents(RealisationId id) {
    return dependents.getOrDefault(id, new TreeMap<>());
  }

  @Override
  public void setDerivers(Map<StorePath, StorePath> derivers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  private static FileTree copy(FileTree tree) throws IOException {
    return switch (tree) {
      case FileTree.Regular f -> {
        try (InputStream in = f.open()) {
          yield new File(in.readAllBytes(), f.executable());
        }
      }
      case FileTree.Symlink l -> new Link(l.target());
      case FileTree.Directory d -> {
        List<FileTree.Entry> entries = new ArrayList<>();
        for (FileTree.Entry e : d.entries()) {
          entries.add(new FileTree.Entry(e.name(), copy(e.node())));
        }
        yield new Folder(entries);
      }
    };
  }

  static byte[] nar(FileTree tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    strings(out, "nix-archive-1");
    node(out, tree);
    return out.toByteArray();
  }

  private static void node(ByteArrayOutputStream out, FileTree tree) throws IOException {
    strings(out, "(", "type");
    switch (tree) {
      case FileTree.Regular f -> {
        strings(out, "regular");
        if (f.executable()) {
          strings(out, "executable", "");
        }
        try (InputStream in = f.open()) {
          strings(out, "contents", Octets.of(in.readAllBytes()));
        }
      }
      case FileTree.Symlink l -> strings(out, "symlink", "target", l.target());
      case FileTree.Directory d -> {
        strings(out, "directory");
        for (FileTree.Entry e : d.entries()) {
          strings(out, "entry", "(", "name", e.name(), "node");
          node(out, e.node());
          strings(out, ")");
        }
      }
    }
    strings(out, ")");
  }

  private static void strings(ByteArrayOutputStream out, String... strings) {
    for (String s : strings) {
      byte[] bytes = Octets.bytes(s);
      out.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
      out.writeBytes(Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8));
    }
  }
}
