package org.buildchain.daemon.host.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;

/** Says in Nix's words what the system did not permit: its own exception names the file alone. */
public final class Denied {
  private Denied() {}

  /** The failure with a message that says what could not be done. */
  public static IOException of(AccessDeniedException e) {
    String file = e.getFile();
    String what;
    try {
      // What may be asked for could not be read.
      what =
          Posix.find(file).filter(s -> s.type() == FileStatus.Type.DIRECTORY).isPresent()
              ? "reading directory " + file
              : "opening file '" + file + "'";
    } catch (IOException again) {
      what = "getting status of '" + file + "'";
    }
    return new IOException(what + ": Permission denied", e);
  }
}
