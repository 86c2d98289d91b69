package org.buildchain.fuse;

import java.nio.file.Path;

/** A mounted view. */
public interface StoreMount extends AutoCloseable {
  /** Where it is mounted. */
  Path mountpoint();

  /**
   * Unmounts. Files that are still open give {@code EIO} from now on, and the view is not called
   * again once this has returned. Takes a few seconds at most. Closing twice does nothing.
   */
  @Override
  void close();
}
