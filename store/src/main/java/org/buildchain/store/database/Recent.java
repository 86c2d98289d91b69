package org.buildchain.store.database;

import static org.buildchain.store.database.Table.META;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * Rows that were written without waiting for the disk. They stand in a database of their own that
 * is never synced, so that they outlive this process, as all does that was written to files, but
 * not the machine. Its folder is named by the boot of the machine that wrote it: in any other the
 * files may hold anything and are not looked at.
 *
 * <p>They come in generations, each of which becomes durable as a whole: its rows are written to
 * the durable tables together with its number, and then removed here. Between these two, which a
 * kill may separate for long, its number there says that the rows here are old.
 */
final class Recent implements AutoCloseable {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String PREFIX = "recent-";

  /** Here the generation of the rows, in the durable tables the last one that they have. */
  private static final byte[] GENERATION = "recent".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final Tables tables;
  private volatile boolean any;
  private volatile long written;
  private volatile long synced;
  private final AtomicLong moves = new AtomicLong();
  private volatile boolean moving;
  private final Set<Path> files = new HashSet<>();
  private long bytes;

  private Recent(Path folder) throws IOException {
    this.folder = folder;
    this.tables = new Tables(folder, EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC);
  }

  /** Where a database has them during this boot; empty if the machine does not say which it is. */
  static Optional<Path> folder(Path database) {
    try {
      String boot = Files.readString(BOOT).strip();
      return boot.matches("[0-9a-f-]{36}")
          ? Optional.of(database.resolve(PREFIX + boot))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Those of a killed process: of this boot, or of any, which are of no use. */
  static List<Path> left(Path database) throws IOException {
    try (Stream<Path> files = Files.list(database)) {
      return files.filter(f -> f.getFileName().toString().startsWith(PREFIX)).toList();
    }
  }

  /** Opens what a killed process left; it has rows if they have not come to {@code durable}. */
  static Recent open(Path folder, Layers.Layer durable) throws IOException {
    Recent left = new Recent(folder);
    try (Tables.Look rows = left.look()) {
      left.any = isNewer(rows.layer(), durable);
      left.written = 1;
    }
    return left;
  }

  /** Makes an empty one, whose first generation is the one after the last that is durable. */
  static Recent make(Path folder, Layers.Layer durable) throws IOException {
    Recent made = new Recent(folder);
    try (Txn<byte[]> txn = made.tables.write()) {
      made.number(txn, generation(durable) + 1);
      txn.commit();
    }
    return made;
  }

  private void number(Txn<byte[]> txn, long generation) {
    tables.of(META).put(txn, GENERATION, number(generation));
  }

  private static byte[] number(long generation) {
    return ByteBuffer.allocate(Long.BYTES).putLong(generation).array();
  }

  private static long generation(Layers.Layer layer) {
    byte[] number = layer.tables().of(META).get(layer.txn(), GENERATION);
    return number == null ? 0 : ByteBuffer.wrap(number).getLong();
  }

  /** Whether there may be rows. */
  boolean any() {
    return any;
  }

  /** The bytes of blocks that these rows tell of. */
  long bytes() {
    return bytes;
  }

  long lastTransaction() {
    return tables.lastTransaction();
  }

  /** Begins a look at the rows; before one at the durable tables, so that no row is in neither. */
  Tables.Look look() {
    return tables.look();
  }

  /** How often rows have come to the durable tables. */
  long moves() {
    return moves.get();
  }

  /**
   * Whether two looks, at the rows here and then at the durable tables, show each row, given how
   * often rows had come there before them. Else it depends on which {@link #isNewer is newer}.
   */
  boolean isUnmoved(long moves) {
    return !moving && this.moves.get() == moves;
  }

  /** Whether the rows of a layer of this have not come to {@code durable}. */
  static boolean isNewer(Layers.Layer recent, Layers.Layer durable) {
    return generation(recent) > generation(durable);
  }

  /** Begins to write rows. */
  Layers.Layer begin() {
    if (moving) {
      clear();
    }
    return new Layers.Layer(tables, tables.write());
  }

  /** Commits rows that tell of so many bytes of blocks, which stand in these files. */
  synchronized void commit(Layers.Layer rows, long more, Collection<Path> in) {
    any = true;
    rows.txn().commit();
    bytes += more;
    written++;
    files.addAll(in);
  }

  /** What must be made durable before the rows may: everything, if no file is named. */
  record Unsynced(long written, Set<Path> files) {}

  synchronized Unsynced unsynced() {
    return new Unsynced(written, Set.copyOf(files));
  }

  /** These files are on the disk, by their names. */
  synchronized void synced(Unsynced files) {
    synced = Math.max(synced, files.written());
    this.files.removeAll(files.files());
  }

  /** Whether all has been {@link #synced}. */
  boolean isSynced() {
    return synced == written;
  }

  /** Writes the rows to the durable tables, among them the number that says that they have come. */
  void copy(Layers.Layer durable) {
    try (Tables.Look look = tables.look()) {
      for (Table table : Table.values()) {
        try (CursorIterable<byte[]> rows = look.layer().rows(table, KeyRange.all())) {
          for (CursorIterable.KeyVal<byte[]> row : rows) {
            durable.tables().of(table).put(durable.txn(), row.key(), row.val());
          }
        }
      }
    }
  }

  /** Has the rows come to the durable tables by {@code commit}, and removes them here. */
  void move(Runnable commit) {
    moving = true;
    try {
      commit.run();
    } catch (RuntimeException | Error e) {
      moving = false;
      throw e;
    }
    try {
      clear();
    } catch (LmdbException e) {
      // They are not looked at for being older; who writes the next ones tries again.
    }
  }

  /** Removes the rows and begins the next generation. */
  private void clear() {
    try (Txn<byte[]> txn = tables.write()) {
      long next = generation(new Layers.Layer(tables, txn)) + 1;
      for (Table table : Table.values()) {
        tables.of(table).drop(txn);
      }
      number(txn, next);
      txn.commit();
    }
    bytes = 0;
    any = false;
    moves.incrementAndGet();
    moving = false;
  }

  @Override
  public void close() {
    tables.close();
  }

  /** Closes it and removes its files. */
  void remove() throws IOException {
    close();
    Posix.removeTree(Octets.fromText(folder.toString()));
  }
}
