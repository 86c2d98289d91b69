package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Table;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.store.tree.RandomAccessTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths and hashes expected are those that nix-store and nix-instantiate 2.8.0 gave. */
class DiskStoreTest {
  private static final String HASH_A = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final String HASH_B = "1123456789abcdfghijklmnpqrsvwxyz";

  @TempDir Path temp;
  private Path root;
  private Path source;
  private DiskStore store;

  @BeforeEach
  void open() throws IOException {
    root = temp.resolve("root");
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    source = temp.resolve("t");
    Files.createDirectories(source.resolve("sub"));
    Files.createDirectories(source.resolve("empty"));
    Files.writeString(source.resolve("a"), "hello\n");
    Files.writeString(source.resolve("run"), "#!/bin/sh\n");
    assertTrue(source.resolve("run").toFile().setExecutable(true));
    Files.createSymbolicLink(source.resolve("sub/link"), Path.of("../a"));
    Files.writeString(source.resolve("sub/nine"), "xxxxxxxxx");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private FileTree tree(Path path) throws IOException {
    return DiskTree.of(path.toString());
  }

  private StorePath add(Path path, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    return store.addTree(path.getFileName().toString(), tree(path), method, algorithm);
  }

  @Test
  void treesGetThePathsThatNixGivesThem() throws IOException {
    StorePath path = add(source, IngestionMethod.NAR, HashAlgorithm.SHA256);
    assertEquals("sz60s9g5lqsa97ljrjmggdklhzm4xwg7-t", path.toString());
    PathInfo info = store.query(path).orElseThrow();
    assertEquals(
        "1l1r97q7di4vdn5n1wrbrwd2pz6zhrcp6a7r13mx63dggadyg7ka",
        info.narHash().encode(Hash.Format.NIX32));
    assertEquals(1248, info.narSize());
    assertEquals(
        "7r5mcydk90wlkxailn27phzzsjkn0dpz-t",
        add(source, IngestionMethod.NAR, HashAlgorithm.SHA1).toString());
    assertEquals(
        "dsnln8dzp7a38dkfhk9p6pldgsb5jpr5-a",
        add(source.resolve("a"), IngestionMethod.FLAT, HashAlgorithm.SHA256).toString());
    assertEquals(
        "b65n360zzwp7x2m9yvl661wijv4hm9g2-a",
        add(source.resolve("a"), IngestionMethod.FLAT, HashAlgorithm.MD5).toString());
    assertThrows(
        StoreException.class, () -> add(source, IngestionMethod.FLAT, HashAlgorithm.SHA256));
  }

  @Test
  void textsGetThePathsThatNixGivesThem() throws IOException {
    Store.Text note = new Store.Text("note", "text", new TreeSet<>());
    StorePath notePath = store.textPath(note);
    assertEquals("5cxzlyfrcbk0i5ixrw4gf02ibzxxyqqj-note", notePath.toString());
    Store.Text other =
        new Store.Text("note2", "see /nix/store/" + notePath, new TreeSet<>(Set.of(notePath)));
    // The second is given before the one that it refers to.
    assertEquals(
        "8ds0f9ncanwmppdfv281cvzwxsayp3w5-note2",
        store.addTexts(List.of(other, note)).getFirst().toString());
    StorePath otherPath = store.textPath(other);
    assertEquals(Set.of(notePath), store.query(otherPath).orElseThrow().references());
    assertEquals(Set.of(otherPath), store.referrers(notePath));
    assertEquals(Set.of(notePath, otherPath), store.closure(List.of(otherPath)));
    assertEquals(Optional.of(notePath), store.byHashPart(notePath.hashPart()));
    assertEquals(0, verify().size());
  }

  @Test
  void textsReferToFilesThatComeWithThem() throws IOException {
    StorePath path = new StorePath(HASH_A, "file");
    NewObject file = file(path, 1);
    Store.Text text = new Store.Text("text", "see it", new TreeSet<>(Set.of(path)));
    StorePath textPath = store.addTexts(List.of(text), List.of(file)).getFirst();
    assertEquals(Set.of(path, textPath), store.closure(List.of(textPath)));
    // What is there keeps its content.
    NewObject another = file(path, 2);
    assertEquals(List.of(textPath), store.addTexts(List.of(text), List.of(another)));
    assertEquals(List.of(), store.addTexts(List.of(), List.of(another)));
    assertEquals(0, verify().size());
  }

  @Test
  void filesThatComeWithAnInvalidTextLeaveNothing() {
    NewObject file = file(new StorePath(HASH_A, "file"), 1);
    Store.Text text =
        new Store.Text("x", "y", new TreeSet<>(Set.of(new StorePath(HASH_B, "absent"))));
    assertThrows(StoreException.class, () -> store.addTexts(List.of(text), List.of(file)));
    assertEquals(Set.of(), store.allPaths());
  }

  @Test
  void aTextWithAnInvalidReferenceLeavesNothing() {
    StorePath absent = new StorePath(HASH_A, "absent");
    Store.Text text = new Store.Text("x", "y", new TreeSet<>(Set.of(absent)));
    assertThrows(StoreException.class, () -> store.addTexts(List.of(text)));
    assertFalse(store.isValid(store.textPath(text)));
    assertEquals(Set.of(), store.allPaths());
  }

  private List<String> verify() {
    List<String> problems = new ArrayList<>();
    store.verify(problems::add);
    return problems;
  }

  /** A tree full of a hash: in a file across blocks, at odd offsets, in a link, in a name. */
  private Path selfReferring(String hash) throws IOException {
    Path dir = temp.resolve("self-" + hash.charAt(0));
    Files.createDirectories(dir);
    String filler = "-".repeat((1 << 20) - 10);
    Files.writeString(dir.resolve("across"), filler + hash + "after" + hash);
    Files.writeString(dir.resolve("odd"), "x" + hash + hash + "yz");
    Files.deleteIfExists(dir.resolve("link"));
    Files.createSymbolicLink(dir.resolve("link"), Path.of("/nix/store/" + hash + "-self/odd"));
    Files.writeString(dir.resolve("plain"), "nothing here");
    return dir;
  }

  private PathInfo addSelf(String hash) throws IOException {
    StorePath path = new StorePath(hash, "self");
    return store
        .addObjects(
            List.of(
                new NewObject(
                    path,
                    tree(selfReferring(hash)),
                    Set.of(),
                    Optional.empty(),
                    true,
                    Optional.empty())))
        .getFirst();
  }

  @Test
  void selfReferencesAreRestoredByteForByte() throws IOException {
    PathInfo info = addSelf(HASH_A);
    assertEquals(Set.of(info.path()), info.references());
    FileTree original = tree(temp.resolve("self-0"));
    assertEquals(
        store.contentHash(original, IngestionMethod.NAR, HashAlgorithm.SHA256, Optional.empty()),
        info.narHash());
    assertEquals(
        info.narHash(),
        store.contentHash(
            store.open(info.path()), IngestionMethod.NAR, HashAlgorithm.SHA256, Optional.empty()));
    RandomAccessTree.Directory folder = (RandomAccessTree.Directory) store.open(info.path());
    RandomAccessTree.Regular across =
        (RandomAccessTree.Regular) folder.child("across").orElseThrow();
    byte[] part = new byte[20];
    assertEquals(20, across.read((1 << 20) - 5, ByteBuffer.wrap(part)));
    assertArrayEquals(HASH_A.substring(5, 25).getBytes(StandardCharsets.US_ASCII), part);
    assertEquals(
        "/nix/store/" + HASH_A + "-self/odd",
        ((FileTree.Symlink) folder.child("link").orElseThrow()).target());
    assertEquals(Optional.empty(), folder.child("absent"));
    assertEquals(List.of(), verify());
  }

  @Test
  void objectsThatDifferInTheirOwnPathAloneShareEveryFileBlock() throws IOException {
    addSelf(HASH_A);
    Set<Cid> before = store.allBlocks().keySet();
    PathInfo other = addSelf(HASH_B);
    Set<Cid> fresh = store.allBlocks().keySet();
    fresh.removeAll(before);
    // Only the object itself is new.
    assertEquals(Set.of(Cid.parse(other.object())), fresh);
  }

  /** Files full of references: across chunks, of several paths in one file, in links. */
  private Path referring(String name, String... hashes) throws IOException {
    Path dir = Files.createDirectories(temp.resolve(name).resolve("sub"));
    String all = String.join("-x ", hashes) + "-x";
    Files.writeString(dir.resolve("across"), "-".repeat((1 << 20) - 40) + all + all);
    Files.writeString(dir.resolve("script"), "#!/nix/store/" + hashes[0] + "-x/bin/sh\n");
    Files.createSymbolicLink(dir.resolve("link"), Path.of("/nix/store/" + hashes[1] + "-x"));
    Files.createSymbolicLink(dir.resolve("both"), Path.of(hashes[0] + hashes[1]));
    Files.write(dir.resolve("plain"), new byte[100_000]);
    return temp.resolve(name);
  }

  private PathInfo addReferring(String own, String... others) throws IOException {
    List<StorePath> paths = new ArrayList<>();
    List<NewObject> objects = new ArrayList<>();
    for (int i = 0; i < others.length; i++) {
      StorePath path = new StorePath(others[i], "input-" + i);
      paths.add(path);
      objects.add(object(path, Files.writeString(temp.resolve("input"), "same"), path));
    }
    store.addObjects(objects);
    List<String> hashes = new ArrayList<>(List.of(others));
    hashes.add(own);
    NewObject object =
        new NewObject(
            new StorePath(own, "referring"),
            tree(referring("r-" + own, hashes.toArray(String[]::new))),
            new TreeSet<>(paths),
            Optional.empty(),
            true,
            Optional.empty());
    return store.addObjects(List.of(object)).getFirst();
  }

  @Test
  void treesThatDifferInReferencesAloneShareEveryBlock() throws IOException {
    String digits = HASH_A.substring(1);
    PathInfo first = addReferring("2" + digits, "3" + digits, "4" + digits);
    Set<Cid> before = store.allBlocks().keySet();
    // The order of the inputs' hashes is another one than that of their names.
    PathInfo second = addReferring("5" + digits, "9" + digits, "7" + digits);
    assertEquals(store.treeCid(first.path()), store.treeCid(second.path()));
    Set<Cid> fresh = store.allBlocks().keySet();
    fresh.removeAll(before);
    // The three objects' own blocks.
    assertEquals(3, fresh.size());
    for (PathInfo info : List.of(first, second)) {
      assertEquals(3, info.references().size());
      FileTree original = tree(temp.resolve("r-" + info.path().hashPart()));
      assertEquals(
          store.contentHash(original, IngestionMethod.NAR, HashAlgorithm.SHA256, Optional.empty()),
          info.narHash());
      assertEquals(
          info.narHash(),
          store.contentHash(
              store.open(info.path()),
              IngestionMethod.NAR,
              HashAlgorithm.SHA256,
              Optional.empty()));
    }
    assertEquals(List.of(), verify());
  }

  @Test
  void smallBlocksStandInPacksAndAreCheckedThere() throws IOException {
    StorePath path = add(source, IngestionMethod.NAR, HashAlgorithm.SHA256);
    assertEquals(Set.of(), blockFiles());
    Path pack = root.resolve("packs/1");
    byte[] bytes = Files.readAllBytes(pack);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("xxxxxxxxx");
    bytes[at] ^= 1;
    Files.delete(pack);
    Files.write(pack, bytes);
    store.close();
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    List<String> problems = verify();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains("/nix/store/" + path), problems.toString());
    assertTrue(problems.getFirst().contains("is corrupted"), problems.toString());
    Files.write(pack, Arrays.copyOf(bytes, at));
    assertTrue(verify().getFirst().contains("is corrupted"));
    Files.delete(pack);
    store.close();
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    assertTrue(verify().getFirst().contains("is missing"));
  }

  @Test
  void aStoreOfTheFirstFormatIsReadAndBecomesOneOfThisFormat() throws IOException {
    PathInfo info = addSelf(HASH_A);
    store.close();
    // As the first format had it: each block a file, and nothing in the table.
    try (Database database = new Database(root.resolve("db"), files -> {})) {
      BlockFiles blocks =
          new BlockFiles(
              root.resolve("blocks"),
              root.resolve("packs"),
              cid -> database.read(r -> r.get(Table.BLOCKS, cid.bytes())).map(BlockPlace::decode));
      List<Cid> cids = new ArrayList<>();
      database.read(
          r -> {
            r.scan(Table.BLOCKS, new byte[0], (k, v) -> cids.add(Cid.ofBytes(k)));
            return true;
          });
      for (Cid cid : cids) {
        Path file = root.resolve("blocks").resolve(cid.toString());
        if (!Files.exists(file)) {
          Files.write(file, blocks.get(cid));
        }
      }
      database.write(
          w -> {
            cids.forEach(c -> w.put(Table.BLOCKS, c.bytes(), new byte[0]));
            byte[] key = "version".getBytes(StandardCharsets.US_ASCII);
            w.put(Table.META, key, new byte[] {'1'});
          });
    }
    Files.delete(root.resolve("packs/1"));
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    assertEquals(List.of(), verify());
    addSelf(HASH_B);
    assertEquals(List.of(), verify());
    assertTrue(store.isValid(info.path()));
  }

  private Set<Path> blockFiles() throws IOException {
    Set<Path> files = new TreeSet<>();
    try (var stream = Files.list(root.resolve("blocks"))) {
      stream.forEach(files::add);
    }
    return files;
  }

  @Test
  void referencesAreFoundAndCyclesRefused() throws IOException {
    StorePath a = new StorePath(HASH_A, "a");
    StorePath b = new StorePath(HASH_B, "b");
    Path fileA = Files.writeString(temp.resolve("fa"), "to " + HASH_B);
    Path fileB = Files.writeString(temp.resolve("fb"), "to " + HASH_A);
    Path plain = Files.writeString(temp.resolve("fp"), "to nobody");
    NewObject toB = object(a, fileA, b);
    assertThrows(StoreException.class, () -> store.addObjects(List.of(toB, object(b, fileB, a))));
    assertFalse(store.isValid(a));
    List<PathInfo> infos = store.addObjects(List.of(toB, object(b, plain, a)));
    assertEquals(Set.of(b), infos.get(0).references());
    assertEquals(Set.of(), infos.get(1).references());
    assertEquals(Optional.of(a), store.byObject(infos.get(0).object()));
  }

  private static NewObject file(StorePath path, int content) {
    FileTree file = new MemoryFile(new byte[] {(byte) content}, false);
    return new NewObject(path, file, Set.of(), Optional.empty(), false, Optional.empty());
  }

  private NewObject object(StorePath path, Path file, StorePath candidate) throws IOException {
    return new NewObject(
        path, tree(file), Set.of(candidate), Optional.empty(), true, Optional.empty());
  }

  @Test
  void aStoreThatIsOpenedAgainHasEverything() throws IOException {
    PathInfo info = addSelf(HASH_A);
    Store.RealisationId id =
        new Store.RealisationId(Hash.of(HashAlgorithm.SHA256, new byte[0]), "out");
    Store.RealisationId below = new Store.RealisationId(id.drvHash(), "dev");
    TreeMap<Store.RealisationId, StorePath> dependents =
        new TreeMap<>(Map.of(below, new StorePath(HASH_B, "y")));
    store.addRealisation(id, info.path(), dependents);
    store.signRealisation(id, List.of("key:c2ln"));
    store.addRealisation(id, info.path(), new TreeMap<>());
    StorePath deriver = new StorePath(HASH_B, "x.drv");
    store.setDerivers(Map.of(info.path(), deriver, deriver, deriver));
    Files.createFile(root.resolve("blocks/.new-17"));
    Files.createFile(root.resolve("packs/.new-18"));
    store.close();
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    assertEquals(Optional.of(info.path()), store.realisation(id));
    assertEquals(dependents, store.dependents(id));
    assertEquals(Set.of("key:c2ln"), store.realisationSignatures(id));
    assertEquals(Optional.of(deriver), store.query(info.path()).orElseThrow().deriver());
    assertEquals(List.of(), verify());
    assertFalse(Files.exists(root.resolve("blocks/.new-17")));
    assertFalse(Files.exists(root.resolve("packs/.new-18")));
  }

  /** Nix's tests do so between two connections to a daemon. */
  @Test
  void aStoreMayBeRemovedWhileItIsOpen() throws IOException {
    Path removed = temp.resolve("removed");
    try (DiskStore open = new DiskStore(removed, StoreDir.DEFAULT, Clock.systemUTC())) {
      for (int i = 0; i < 5; i++) {
        Store.Text text = new Store.Text("text", "" + i, new TreeSet<>());
        assertTrue(open.isValid(open.addTexts(List.of(text)).getFirst()));
      }
      Posix.removeTree(removed.toString());
    }
    assertFalse(Files.exists(removed));
  }

  @Test
  void aCorruptedOrMissingBlockIsFoundAndNamed() throws IOException {
    PathInfo info = addSelf(HASH_A);
    Path victim =
        blockFiles().stream()
            .filter(f -> f.getFileName().toString().startsWith("bafkrei"))
            .findFirst()
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(victim);
    bytes[0] ^= 1;
    Files.delete(victim);
    Files.write(victim, bytes);
    store.close();
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    List<String> problems = verify();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains(victim.getFileName().toString()), problems.toString());
    assertTrue(problems.getFirst().contains("/nix/store/" + info.path()));
    Files.delete(victim);
    assertTrue(verify().getFirst().contains("is missing"));
  }

  @Test
  void aBlockThatACrashLeftBehindIsReplaced() throws IOException {
    addSelf(HASH_A);
    Set<Path> files = blockFiles();
    store.close();
    // As after a loss of power between the naming of blocks and the database: names that the
    // database does not know, with whatever content.
    Path other = temp.resolve("other");
    Files.createDirectories(other.resolve("blocks"));
    for (Path file : files) {
      Files.writeString(other.resolve("blocks").resolve(file.getFileName()), "torn");
    }
    Files.writeString(Files.createDirectories(other.resolve("packs")).resolve("1"), "torn");
    root = other;
    store = new DiskStore(root, StoreDir.DEFAULT, Clock.systemUTC());
    addSelf(HASH_A);
    assertEquals(List.of(), verify());
  }
}
