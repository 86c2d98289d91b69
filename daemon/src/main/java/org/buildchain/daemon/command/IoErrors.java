package org.buildchain.daemon.command;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What the machine refused, in words: Java's often are no more than the file's name. */
final class IoErrors {
  private IoErrors() {}

  static String message(IOException e) {
    return switch (e) {
      case FileSystemException f when f.getFile() == null || f.getReason() != null -> plain(f);
      case NoSuchFileException f -> "'" + f.getFile() + "': No such file or directory";
      case AccessDeniedException f -> "'" + f.getFile() + "': Permission denied";
      case FileAlreadyExistsException f -> "'" + f.getFile() + "': File exists";
      default -> plain(e);
    };
  }

  private static String plain(IOException e) {
    return e.getMessage() == null || e.getMessage().isEmpty() ? e.toString() : e.getMessage();
  }
}
