package org.buildchain.store.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.Octets;

/**
 * The stamps of several files, taken in one call of native code ({@code native/bc-stamps}) and
 * compared in another: in a JVM that has just started that costs a tenth of as many {@link
 * Posix#stamp}. See {@link FileStamp} for what a stamp tells. Thread-safe.
 */
public final class FileStamps {
  /**
   * A file that is looked at; there may be none.
   *
   * @param path an octet string without NUL
   * @param follow whether its last link is followed
   */
  public record Place(String path, boolean follow) {}

  private static final Optional<CFunction> LOOK = load();

  /** As in {@code native/bc-stamps/stamps.h}. */
  private static final int STAMP = 9;

  private static final int CHANGED = 7;
  private static final long IGNORED = -1;
  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;

  private final int count;
  private final MemorySegment paths;
  private final MemorySegment follow;
  private final MemorySegment stamps;
  private final MemorySegment differs;

  private FileStamps(List<Place> places) {
    // It has no end that anybody would tell.
    Arena arena = Arena.ofAuto();
    List<byte[]> names = new ArrayList<>(places.size());
    long length = 0;
    for (Place place : places) {
      byte[] name = Octets.bytes(place.path());
      names.add(name);
      length += name.length + 1;
    }
    this.count = places.size();
    this.paths = arena.allocate(Math.max(1, length));
    this.follow = arena.allocate(Math.max(1, count));
    this.differs = arena.allocate(Math.max(1, count));
    this.stamps = arena.allocate(Math.max(1, (long) count * STAMP) * Long.BYTES, Long.BYTES);
    long at = 0;
    for (int i = 0; i < count; i++) {
      byte[] name = names.get(i);
      MemorySegment.copy(name, 0, paths, ValueLayout.JAVA_BYTE, at, name.length);
      at += name.length + 1;
      follow.set(ValueLayout.JAVA_BYTE, i, (byte) (places.get(i).follow() ? 1 : 0));
    }
  }

  private static Optional<CFunction> load() {
    Path library = Path.of(System.getProperty("bc.native", "native"), "bc-stamps.so");
    return Files.isReadable(library)
        ? Optional.of(
            CFunction.at(
                SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global())
                    .findOrThrow("bc_stamps")))
        : Optional.empty();
  }

  /** Takes them; empty where there is no native code. */
  public static Optional<FileStamps> take(List<Place> places) {
    return LOOK.map(
        look -> {
          FileStamps taken = new FileStamps(places);
          taken.call(look, 0);
          return taken;
        });
  }

  private synchronized long call(CFunction look, long into) {
    try (Arena arena = Arena.ofConfined()) {
      return look.call(
          CFunction.state(arena),
          paths.address(),
          follow.address(),
          stamps.address(),
          into,
          count,
          0);
    }
  }

  /**
   * Whether a place's stamp tells of changes to come: that there is nothing, or a file that last
   * changed before then.
   *
   * @param seconds since 1970
   */
  public boolean tells(int place, long seconds) {
    long ended = stamps.getAtIndex(ValueLayout.JAVA_LONG, (long) place * STAMP);
    return ended == 0
        ? stamps.getAtIndex(ValueLayout.JAVA_LONG, (long) place * STAMP + CHANGED) < seconds
        : ended == ENOENT || ended == ENOTDIR;
  }

  /** Does not look at a place any more: it never differs. */
  public synchronized void ignore(int place) {
    stamps.setAtIndex(ValueLayout.JAVA_LONG, (long) place * STAMP, IGNORED);
  }

  /** The places whose stamps are others now. */
  public synchronized BitSet differing() {
    BitSet found = new BitSet();
    if (LOOK.isPresent() && call(LOOK.get(), differs.address()) > 0) {
      for (int i = 0; i < count; i++) {
        if (differs.get(ValueLayout.JAVA_BYTE, i) != 0) {
          found.set(i);
        }
      }
    }
    return found;
  }
}
