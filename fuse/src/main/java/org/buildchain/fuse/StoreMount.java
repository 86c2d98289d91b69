package org.buildchain.fuse;

import java.nio.file.Path;
import java.util.Collection;

/** A mounted view. */
public interface StoreMount extends AutoCloseable {
  /** Where it is mounted. */
  Path mountpoint();

  /**
   * Makes the kernel forget children of the root that have gone from the view: it keeps what it has
   * seen for a year. To be called after they have gone there. Not from the view's own methods, for
   * which the kernel may be waiting.
   *
   * @param names octet strings; those that the kernel never saw cost little
   */
  void removed(Collection<String> names);

  /**
   * Makes the kernel ask again what the root looks like: it keeps that, and the root's listing. To
   * be called after children have come or gone.
   */
  void changed();

  /**
   * Unmounts. Files that are still open give {@code EIO} from now on, but for what the kernel holds
   * of them already, and the view is not called again once this has returned. Takes a few seconds
   * at most. Closing twice does nothing.
   */
  @Override
  void close();
}
