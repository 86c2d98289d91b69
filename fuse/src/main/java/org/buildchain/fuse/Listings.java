package org.buildchain.fuse;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Entry;
import org.buildchain.fuse.NodeTable.Known;

/**
 * Listings of folders in the order of their inodes, which is also the order of the cookies by which
 * the kernel says where to go on. So a listing goes on rightly where entries have come or gone
 * meanwhile; and programs that read files in the order of inodes, as {@code cp} does, read them in
 * the order of the listing. Those used last are kept. Thread-safe.
 */
final class Listings {
  /** How many entries are kept, in all. */
  private static final int MAX_ENTRIES = 1 << 18;

  private final FileSystemView view;
  private final Map<Long, Listing> kept = new LinkedHashMap<>(16, 0.75f, true);
  private int entries;

  Listings(FileSystemView view) {
    this.view = view;
  }

  /**
   * A folder's entries.
   *
   * @param version of the view, where the folder is the root
   * @param entries ascending by inode
   */
  record Listing(long version, Entry[] entries) {
    /** The place of the first entry behind {@code cookie}. */
    int after(long cookie) {
      int low = 0;
      int high = entries.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (entries[middle].inode() <= cookie) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  /**
   * The listing of a folder.
   *
   * @param begins whether somebody begins to read it; the root is listed again then if it has
   *     changed
   */
  Listing of(Known known, Directory folder, boolean begins) throws IOException {
    boolean root = known.id() == NodeTable.ROOT;
    // Asked for before the listing is made: a change in between makes it look old, not new.
    long version = root ? view.version() : 0;
    synchronized (this) {
      Listing found = kept.get(known.id());
      if (found != null && (!begins || found.version == version)) {
        return found;
      }
    }
    Entry[] sorted = folder.list().toArray(Entry[]::new);
    Arrays.sort(sorted, Comparator.comparingLong(Entry::inode));
    Listing listing = new Listing(version, sorted);
    keep(known.id(), listing);
    return listing;
  }

  /** A listing that was made lately. */
  synchronized Optional<Listing> held(long id) {
    return Optional.ofNullable(kept.get(id));
  }

  private synchronized void keep(long id, Listing listing) {
    Listing before = kept.put(id, listing);
    entries += listing.entries.length - (before == null ? 0 : before.entries.length);
    var oldest = kept.values().iterator();
    while (entries > MAX_ENTRIES && kept.size() > 1) {
      entries -= oldest.next().entries.length;
      oldest.remove();
    }
  }

  /** What has this number is forgotten. */
  synchronized void forget(long id) {
    Listing gone = kept.remove(id);
    if (gone != null) {
      entries -= gone.entries.length;
    }
  }
}
