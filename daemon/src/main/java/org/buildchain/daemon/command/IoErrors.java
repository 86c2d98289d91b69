package org.buildchain.daemon.command;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What the machine refused, in words: Java's often are no more than the file's name. */
public final class IoErrors {
  private IoErrors() {}

  /** What is the matter, and with which file where the machine has said so. */
  public static String message(IOException e) {
    return e instanceof FileSystemException f && f.getFile() != null && f.getReason() == null
        ? "'" + f.getFile() + "': " + reason(f)
        : plain(e);
  }

  /** What is the matter, for a message that has named the file. */
  public static String reason(IOException e) {
    return switch (e) {
      case FileSystemException f when f.getReason() != null -> f.getReason();
      case NoSuchFileException f -> "No such file or directory";
      case AccessDeniedException f -> "Permission denied";
      case FileAlreadyExistsException f -> "File exists";
      default -> plain(e);
    };
  }

  private static String plain(IOException e) {
    return e.getMessage() == null || e.getMessage().isEmpty() ? e.toString() : e.getMessage();
  }
}
