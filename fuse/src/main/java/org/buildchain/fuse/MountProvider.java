package org.buildchain.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A way to show a {@link FileSystemView} in the file system of the machine. */
public interface MountProvider {
  /**
   * Something that this machine lacks for mounting.
   *
   * @param what what is missing, as a sentence without a full stop
   * @param remedy the next step, such as a command to run
   */
  record Problem(String what, String remedy) {}

  /** What it is called, for those who ask which one is in use. */
  String name();

  /** What stands in the way of mounting as the current user; empty if nothing does. */
  List<Problem> probe();

  /**
   * Shows {@code view} at {@code mountpoint} until the result is closed. The view answers when this
   * returns. A mount of ours that a killed process left there is detached first; so the caller has
   * made sure that no living process uses this mountpoint.
   *
   * @param mountpoint an existing folder
   * @throws IOException if it cannot be mounted; the message says why
   */
  StoreMount mount(FileSystemView view, Path mountpoint, MountOptions options) throws IOException;
}
