package org.buildchain.store.database;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.store.StoreException;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.Meta;

/**
 * The tables of the store in LMDB. A transaction that has committed is durable, unless it was
 * {@link #writeSoon written soon}: such rows stand in a database beside it for a while ({@link
 * Recent}), and come here before, or together with, whatever is written durably after them. Readers
 * never wait; writers wait for at most one transaction before the one in which they have part.
 * Thread-safe.
 */
public final class Database implements AutoCloseable {
  /** The layout of the tables; another one needs a migration. */
  private static final String VERSION = "6";

  /** Formats whose every table is one of {@link #VERSION} as it stands. */
  private static final Set<String> OLDER = Set.of("1", "2", "3", "4", "5");

  private static final byte[] VERSION_KEY = "version".getBytes(US_ASCII);

  /** So many entries are looked at in one snapshot. */
  private static final int SLICE = 4096;

  /** After so long without another, what was written soon becomes durable. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final Path folder;
  private final Tables tables;
  private final Commits commits;
  private final Settler settler;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Makes files durable, with their names; all that were written if none is named. */
  @FunctionalInterface
  public interface Sync {
    void run(Set<Path> files) throws IOException;
  }

  /**
   * Opens it, or makes it.
   *
   * @param files is asked to make the files durable of which rows tell that were written soon
   * @throws StoreException if it can't be opened, or has another format
   */
  public Database(Path folder, Sync files) throws IOException {
    this(folder, files, QUIET);
  }

  /**
   * The same.
   *
   * @param quiet after so long without another, what was written soon becomes durable
   */
  Database(Path folder, Sync files, Duration quiet) throws IOException {
    this.folder = folder;
    this.tables = new Tables(folder, EnvFlags.MDB_NOTLS);
    this.commits = new Commits(folder, tables, files);
    this.settler = new Settler(quiet, commits::settle);
    checkVersion();
    commits.adopt();
  }

  /**
   * Loads LMDB's library: a tenth of a second the first time, for a thread that has nothing else to
   * do.
   */
  public static void load() {
    Meta.version();
  }

  private void checkVersion() {
    Optional<String> found =
        read(r -> r.get(Table.META, VERSION_KEY)).map(v -> new String(v, US_ASCII));
    if (found.isEmpty() || OLDER.contains(found.get())) {
      write(w -> w.put(Table.META, VERSION_KEY, VERSION.getBytes(US_ASCII)));
    } else if (!found.get().equals(VERSION)) {
      close();
      throw new StoreException(
          "the database '"
              + folder
              + "' has format "
              + found.get()
              + ", and this bc knows those up to "
              + VERSION
              + ": go on with the newer one that made it, or name another store's folder in"
              + " BC_ROOT");
    }
  }

  /** The folder that it stands in. */
  public Path folder() {
    return folder;
  }

  /** A number that grows whenever something is written. */
  public long lastTransaction() {
    return tables.lastTransaction() + commits.recent().map(Recent::lastTransaction).orElse(0L);
  }

  /** Reads within one snapshot. */
  public <T> T read(Function<Snapshot, T> body) {
    Optional<Recent> over = commits.recent();
    return over.isPresent() && over.get().any() ? read(over.get(), body) : readDurable(body);
  }

  private <T> T readDurable(Function<Snapshot, T> body) {
    try (Tables.Look look = tables.look()) {
      return body.apply(new Snapshot(new Layers(List.of(look.layer()))));
    }
  }

  private <T> T read(Recent over, Function<Snapshot, T> body) {
    long moves = over.moves();
    try (Tables.Look top = over.look();
        Tables.Look base = tables.look()) {
      boolean both = over.isUnmoved(moves) || Recent.isNewer(top.layer(), base.layer());
      return body.apply(
          new Snapshot(
              new Layers(both ? List.of(top.layer(), base.layer()) : List.of(base.layer()))));
    }
  }

  /** Gets some entries, outside of any transaction. */
  @FunctionalInterface
  public interface Rows {
    void accept(List<Row> rows) throws IOException;
  }

  /**
   * Visits a table by some thousand entries, ascending, each time as the table is then: one long
   * look would keep every page that is replaced meanwhile from being used again.
   *
   * @throws IOException what {@code body} throws
   */
  public void slices(Table table, Rows body) throws IOException {
    List<Row> rows = rows(table, KeyRange.all());
    while (!rows.isEmpty()) {
      body.accept(rows);
      // The least key that is greater.
      byte[] last = rows.getLast().key();
      rows = rows(table, KeyRange.atLeast(Arrays.copyOf(last, last.length + 1)));
    }
  }

  private List<Row> rows(Table table, KeyRange<byte[]> range) {
    return read(
        r -> {
          List<Row> rows = new ArrayList<>();
          r.layers.visit(table, range, row -> rows.add(row) && rows.size() < SLICE);
          return rows;
        });
  }

  /**
   * Writes all or nothing; durable when this returns. Another thread may run {@code body}, so that
   * it must neither wait nor read files.
   *
   * @throws StoreException if the disk is full, or the database can't be written to
   */
  public void write(Consumer<Transaction> body) {
    end(commits.write(body, false));
  }

  /** The same for a body that this thread must run. */
  public void writeHere(Consumer<Transaction> body) {
    end(commits.write(body, true));
  }

  private void end(Write write) {
    write.end();
    if (write.wrotePaths()) {
      listeners.forEach(Runnable::run);
    }
  }

  /**
   * Writes all or nothing, without waiting for the disk: a kill loses nothing of it, a loss of
   * power may until something is written durably or a while has passed, but all of it with what was
   * written after. The files that it tells of need not be durable. Nothing can be deleted so.
   *
   * @param bytes how many bytes of blocks it tells of
   * @param in the files that these stand in
   * @return false if nothing was written, since others want to write durably, or much is not
   *     durable yet: the caller must make the files durable, and {@link #write} it
   * @throws StoreException if the disk is full, or the database can't be written to
   */
  public boolean writeSoon(Consumer<Transaction> body, long bytes, Collection<Path> in) {
    Write write = commits.writeSoon(body, new Write.Soon(bytes, in));
    if (write.isAgain()) {
      return false;
    }
    end(write);
    settler.touch();
    return true;
  }

  /** Has {@code listener} run after each transaction that wrote to the table of paths. */
  public void onPaths(Runnable listener) {
    listeners.add(listener);
  }

  /** Makes durable what was written soon, and closes it. */
  @Override
  public void close() {
    settler.close();
    try {
      commits.settle();
      commits.removeRecent();
    } catch (IOException e) {
      throw new StoreException("cannot remove files of the database: " + e.getMessage(), e);
    } finally {
      commits.recent().ifPresent(Recent::close);
      tables.close();
    }
  }
}
