package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.BLOCKS;
import static org.buildchain.store.database.Table.PATHS;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.buildchain.store.BlockSources;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.RemoteBlocks;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.block.BlockPlace;
import org.buildchain.store.block.SentBlocks;
import org.buildchain.store.database.Database;
import org.buildchain.store.database.Transaction;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.LiveRoots;
import org.buildchain.store.pin.Roots;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.FileTree;

/** The store on a disk; see {@link Store}. One process at a time may have it open. */
public final class DiskStore implements Store {
  private final StoreDir dir;
  private final Clock clock;
  private final Database database;
  private final BlockFiles blocks;
  private final SentBlocks sent;
  private final PathQueries queries;
  private final PartialPaths partial;
  private final LateBlocks late;
  private final Damage damage;
  private final PathUses uses = new PathUses();
  private final Additions additions;
  private final Imports imports;
  private final ReentrantLock collecting = new ReentrantLock();
  private Optional<LateFill> fill = Optional.empty();

  /**
   * Loads what all stores need, see {@link Database#load}; a store waits for it as long as needed.
   */
  public static void load() {
    Database.load();
  }

  /**
   * Opens the store in {@code root}, making what is missing.
   *
   * @param root holds {@code blocks/}, {@code packs/} and {@code db/}
   * @throws StoreException if the database is of another format
   */
  public DiskStore(Path root, StoreDir dir, Clock clock) throws IOException {
    this.dir = dir;
    this.clock = clock;
    Path made = root.toAbsolutePath();
    while (!Files.isDirectory(made)) {
      made = made.getParent();
    }
    this.database = new Database(root.resolve("db"), files -> BlockFiles.sync(root, files));
    this.blocks = new BlockFiles(root.resolve("blocks"), root.resolve("packs"), this::place);
    this.sent = new SentBlocks(blocks, clock);
    this.queries = new PathQueries(database);
    this.partial = new PartialPaths(database);
    this.late = new LateBlocks(database, blocks, partial);
    blocks.late(late);
    this.damage = new Damage(database, blocks, partial);
    this.additions = new Additions(this, database, blocks, uses, clock);
    this.imports = new Imports(this, database, blocks, uses, clock, partial, late);
    // What is synced later are files, and folders that hold blocks: their own names are synced now.
    sync(root.resolve("db"));
    for (Path at = root.toAbsolutePath(); at != null && at.startsWith(made); at = at.getParent()) {
      sync(at);
    }
  }

  private static void sync(Path folder) throws IOException {
    Posix.sync(Octets.fromText(folder.toString()));
  }

  private static byte[] key(StorePath path) {
    return Octets.bytes(path.toString());
  }

  @Override
  public StoreDir dir() {
    return dir;
  }

  @Override
  public Use use() {
    return uses.begin()::close;
  }

  @Override
  public Optional<PathInfo> query(StorePath path) {
    uses.touch(path);
    return queries.info(path);
  }

  @Override
  public boolean isValid(StorePath path) {
    return uses.isValid(path, queries::has);
  }

  @Override
  public boolean holds(StorePath path) {
    return damage.any() ? query(path).filter(damage::isWhole).isPresent() : isValid(path);
  }

  /**
   * This store as it would be without certain paths, to build them again.
   *
   * @param hidden the paths
   * @param kept gets the blocks of what comes out otherwise than it is here, where it has no place
   */
  public RebuildStore rebuilding(Set<StorePath> hidden, Block.Sink kept) {
    return new RebuildStore(this, hidden, kept);
  }

  /**
   * What would be known of objects if they were added now; nothing is stored.
   *
   * @param tap gets the blocks that would be
   */
  List<PathInfo> describe(List<NewObject> objects, Block.Sink tap) throws IOException {
    try (Use _ = use()) {
      return additions.describe(objects, tap);
    }
  }

  /**
   * This store as it would be without the paths of which blocks are missing since {@link
   * #forgetDamagedBlocks}: who adds one of them mends it.
   */
  public Store wholePaths() {
    return new WholeStore(this);
  }

  @Override
  public long version() {
    return database.lastTransaction();
  }

  @Override
  public SortedSet<StorePath> allPaths() {
    return queries.all();
  }

  @Override
  public SortedSet<StorePath> referrers(StorePath path) {
    return queries.referrers(path);
  }

  @Override
  public SortedSet<StorePath> closure(Collection<StorePath> roots) {
    roots.forEach(uses::touch);
    return queries.closure(roots, this::invalid);
  }

  StoreException invalid(StorePath path) {
    return new StoreException("path '" + dir.print(path) + "' is not valid");
  }

  @Override
  public Optional<StorePath> byHashPart(String hashPart) {
    return queries.byHashPart(hashPart).filter(this::isValid);
  }

  @Override
  public List<StorePath> addTexts(List<Text> texts, List<NewObject> files) throws IOException {
    try (Use _ = use()) {
      return additions.texts(texts, files);
    }
  }

  private static ContentAddress address(Text text) {
    Hash hash = Hash.of(HashAlgorithm.SHA256, Octets.bytes(text.content()));
    return new ContentAddress(IngestionMethod.TEXT, hash);
  }

  @Override
  public StorePath textPath(Text text) {
    return dir.makeContentAddressed(text.name(), address(text), text.references(), false);
  }

  @Override
  public StorePath addTree(
      String name, FileTree given, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    try (Use _ = use()) {
      return additions.tree(name, given, method, algorithm);
    }
  }

  @Override
  public StorePath treePath(
      String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    Hash hash = contentHash(tree, method, algorithm, Optional.empty());
    return dir.makeContentAddressed(name, new ContentAddress(method, hash), List.of(), false);
  }

  @Override
  public List<PathInfo> addObjects(List<NewObject> objects) throws IOException {
    try (Use _ = use()) {
      List<NewObject> fresh = objects.stream().filter(o -> !holds(o.path())).toList();
      if (!fresh.isEmpty()) {
        additions.objects(fresh);
      }
      return objects.stream()
          .map(o -> query(o.path()).orElseThrow(() -> invalid(o.path())))
          .toList();
    }
  }

  @Override
  public Hash contentHash(
      FileTree tree, IngestionMethod method, HashAlgorithm algorithm, Optional<String> selfHash)
      throws IOException {
    return ContentDigest.compute(tree, method, algorithm, selfHash);
  }

  @Override
  public SortedSet<StorePath> scan(FileTree tree, Set<StorePath> candidates) throws IOException {
    return new TreeImport(candidates, false, Block.Sink.NONE, blocks.digests(), (d, o, n) -> {})
        .run(tree)
        .found();
  }

  @Override
  public FileTree open(StorePath path) throws IOException {
    return open(path, blocks);
  }

  /**
   * The same for who sends it to somebody who digests it: a block that was right when it was sent
   * before is not verified again while its file is unchanged. For one thread at a time.
   */
  public FileTree openToSend(StorePath path) throws IOException {
    return open(path, sent.inOrder());
  }

  private FileTree open(StorePath path, Block.Source source) throws IOException {
    PathInfo info = query(path).orElseThrow(() -> invalid(path));
    return new StoredTree(StoreObject.read(Cid.parse(info.object()), blocks), source).root();
  }

  /**
   * The CID of the UnixFS root of a valid path's tree, as it is stored.
   *
   * @throws StoreException if the path is not valid
   */
  public String treeCid(StorePath path) throws IOException {
    PathInfo info = query(path).orElseThrow(() -> invalid(path));
    return StoreObject.read(Cid.parse(info.object()), blocks).root().toString();
  }

  /**
   * Writes what is reached from a CID, a store object's or that of anything in its tree, as a CAR
   * file; see {@link CarExport}.
   *
   * @param version 1 or 2
   * @throws StoreException if a block of it is not here
   */
  public void exportCar(String cid, int version, OutputStream out) throws IOException {
    exportCar(cid, version, CarScope.ALL, out);
  }

  /** The same, as far as {@code scope} goes. */
  public void exportCar(String cid, int version, CarScope scope, OutputStream out)
      throws IOException {
    new CarExport(blocks).write(Cid.parse(cid), version, scope, out);
  }

  /**
   * A block, if it is here.
   *
   * @throws FormatException if that is no CID that the store has
   * @throws StoreException if it is damaged
   */
  public Optional<byte[]> block(String cid) throws IOException {
    Cid parsed = Cid.parse(cid);
    return place(parsed).isPresent() ? Optional.of(blocks.get(parsed)) : Optional.empty();
  }

  /**
   * Stores the objects of a CAR file, in one durable step: all of them or none.
   *
   * @return their paths, the root's first
   * @throws FormatException if the file is not exactly what {@link #exportCar} writes for an object
   * @throws StoreException if one of the paths is valid with another content
   */
  public List<StorePath> importCar(InputStream in) throws IOException {
    return imports.car(in);
  }

  /**
   * Stores an object from its NAR, in one durable step. If its path is valid already nothing is
   * read.
   *
   * @param nar its first bytes are the NAR; what follows is not read
   * @return what is now known of it
   * @throws FormatException if the NAR is none, or not the one that is stated
   * @throws StoreException if a reference is not valid, or there is no room for what is stated
   */
  public PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    return imports.nar(said, nar);
  }

  /**
   * Reads an object's NAR, as {@link #importNar} does, without making it valid; its references may
   * not be valid yet.
   *
   * @return empty if its path is valid already
   * @throws FormatException if the NAR is none, or not the one that is stated
   * @throws StoreException if there is no room for what is stated
   */
  public Optional<StagedObject> stageNar(ForeignObject said, InputStream nar) throws IOException {
    return imports.stage(said, nar);
  }

  /**
   * Makes objects valid in one step, all of them or none, without waiting for the disk: for what
   * can be fetched again. A kill of this process at any moment loses nothing of it. A loss of power
   * may, until something else is made valid durably or a moment has passed: each of them is then
   * valid and whole, or not valid, and so is nothing that refers to it.
   *
   * @param staged each after those of them that it refers to; they remain to be closed
   * @throws StoreException if one refers to a path that is neither valid nor among those before it
   */
  public void commitSoon(List<StagedObject> staged) throws IOException {
    imports.commitSoon(staged);
  }

  /**
   * Stores an object from its blocks, in one durable step, and asks for those alone that are not
   * here. If its path is valid already nothing is asked for.
   *
   * @param cid of the object's block, as somebody says it
   * @param most how many bytes may be asked for
   * @throws FormatException if that is not the stated object, if it refers to objects other than
   *     those of the same path here, or if more bytes are missing
   * @throws IOException if {@code remote} does not give a block
   */
  public void importBlocks(ForeignObject said, String cid, RemoteBlocks remote, long most)
      throws IOException {
    imports.blocks(said, cid, remote, most);
  }

  /**
   * Makes an object valid of which only what describes it is here. Its blocks are fetched when they
   * are read, see {@link #fetchLate}. If its path is valid already nothing is asked for.
   *
   * @param cid of the object's block, from somebody who is trusted for it
   * @param remote gives the first blocks
   * @param places URLs of those who have the others
   * @throws FormatException if that is not the stated object, or it refers to objects other than
   *     those of the same path here
   * @throws IOException if {@code remote} does not give a block
   */
  public void importLazily(ForeignObject said, String cid, RemoteBlocks remote, List<String> places)
      throws IOException {
    imports.lazily(said, cid, remote, places);
  }

  /**
   * Says who is asked for blocks that were left elsewhere: as soon as somebody reads them, and for
   * the rest after nobody has waited for one for {@code quiet}. To be called once.
   */
  public synchronized void fetchLate(BlockSources sources, Duration quiet) {
    late.from(sources);
    fill = Optional.of(new LateFill(dir, database, blocks, uses, clock, partial, late, quiet));
  }

  /** Whether blocks of a valid path may be elsewhere still. */
  public boolean isPartial(StorePath path) {
    return partial.contains(path);
  }

  /** The path of a stored object, if it is one. */
  public Optional<StorePath> byObject(String cid) {
    return queries.byObject(Cid.parse(cid)).filter(this::isValid);
  }

  /**
   * Removes what nothing keeps alive; see {@link CollectOptions}. One collection runs at a time,
   * others wait; everything else goes on meanwhile.
   *
   * @param pins what keeps objects alive besides those that somebody {@link #use uses}
   * @param hide is told, before anything is removed, which paths may go: a mount makes the kernel
   *     forget them, so that whoever opens one asks the store
   * @throws StoreException if a path that must go is alive, or a block that tells what lives can't
   *     be read: nothing is removed then
   */
  public Collected collect(
      CollectOptions options, LiveRoots pins, Consumer<Collection<PathInfo>> hide)
      throws IOException {
    collecting.lock();
    try {
      return new Collector(dir, database, blocks, uses, partial, pins, hide)
          .run(options, clock.instant());
    } finally {
      collecting.unlock();
    }
  }

  /**
   * Has {@code listener} run whenever paths have become valid or ceased to be, or more is known of
   * them: after it is so, and before the call that made it so returns. It must be quick.
   */
  public void onChange(Runnable listener) {
    database.onPaths(listener);
  }

  /**
   * The roots of this store.
   *
   * @param root the store's root folder
   * @param views the folders that show objects by their store paths
   */
  public Roots roots(Path root, List<Path> views) {
    return new Roots(root, views, cid -> queries.byObject(Cid.parse(cid)));
  }

  @Override
  public void addRealisation(
      RealisationId id, StorePath path, SortedMap<RealisationId, StorePath> dependents) {
    RealisationRecord.add(database, id, path, dependents);
  }

  @Override
  public Optional<StorePath> realisation(RealisationId id) {
    return RealisationRecord.read(database, id).map(RealisationRecord::path).filter(this::isValid);
  }

  @Override
  public SortedMap<RealisationId, StorePath> dependents(RealisationId id) {
    return RealisationRecord.read(database, id)
        .map(RealisationRecord::dependents)
        .orElseGet(TreeMap::new);
  }

  /** The realisations that are recorded of some paths: it takes a look at all that there are. */
  public SortedMap<RealisationId, StorePath> realisationsOf(Set<StorePath> paths)
      throws IOException {
    return RealisationRecord.of(database, paths);
  }

  /** The signatures of a realisation: {@code name:base64}, who made them is not checked. */
  public SortedSet<String> realisationSignatures(RealisationId id) {
    return RealisationRecord.read(database, id)
        .map(RealisationRecord::signatures)
        .orElseGet(TreeSet::new);
  }

  /** Adds signatures to a realisation that is known. */
  public void signRealisation(RealisationId id, Collection<String> signatures) {
    RealisationRecord.sign(database, id, signatures);
  }

  @Override
  public void setDerivers(Map<StorePath, StorePath> derivers) {
    database.write(
        w -> derivers.forEach((p, drv) -> change(w, p, i -> PathRecord.withDeriver(i, drv))));
  }

  /**
   * Adds signatures to what is known of a path.
   *
   * @throws StoreException if it is not valid
   */
  public void sign(StorePath path, SortedSet<String> signatures) {
    if (!isValid(path)) {
      throw invalid(path);
    }
    database.write(w -> change(w, path, i -> PathRecord.withSignatures(i, signatures)));
  }

  private static void change(Transaction w, StorePath path, UnaryOperator<PathInfo> how) {
    w.get(PATHS, key(path))
        .map(b -> how.apply(PathRecord.decode(path, b)))
        .ifPresent(i -> w.put(PATHS, key(path), PathRecord.encode(i)));
  }

  /**
   * Digests every block of every valid path again, and every path's NAR.
   *
   * @param report is told of each problem
   * @return how many there were
   */
  public int verify(Consumer<String> report) {
    return verify(allPaths(), (path, problem) -> report.accept(dir.print(path) + ": " + problem));
  }

  /**
   * As {@link #verify(Consumer)}, of some paths.
   *
   * @param report is told of each problem and whose it is
   */
  public int verify(Collection<StorePath> paths, BiConsumer<StorePath, String> report) {
    return new Verifier(this, blocks, report).run(paths);
  }

  /**
   * Reads every block, and forgets those that are absent or other than their names say: adding the
   * content of a path that has them writes them anew, where it would else find the path valid.
   *
   * @return how many those are
   */
  public int forgetDamagedBlocks() {
    return damage.forget(allBlocks());
  }

  /** Notes that no valid path lacks a block. */
  public void mended() {
    damage.mended();
  }

  /** Where every block stands. */
  Map<Cid, BlockPlace> allBlocks() {
    Map<Cid, BlockPlace> places = new HashMap<>();
    database.read(
        r -> {
          r.scan(
              BLOCKS,
              new byte[0],
              (k, v) -> places.put(Cid.ofBytes(k), BlockPlace.decode(v)) == null);
          return true;
        });
    return places;
  }

  private Optional<BlockPlace> place(Cid cid) {
    return database.read(r -> r.get(BLOCKS, cid.bytes())).map(BlockPlace::decode);
  }

  @Override
  public void close() {
    try {
      fill.ifPresent(LateFill::close);
      late.close();
      blocks.close();
    } catch (IOException e) {
      throw new StoreException("cannot close the store's files: " + e.getMessage(), e);
    } finally {
      database.close();
    }
  }
}
