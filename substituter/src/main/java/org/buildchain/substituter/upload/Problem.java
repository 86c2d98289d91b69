package org.buildchain.substituter.upload;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in words: of files and of connections the JDK says too little. */
final class Problem {
  private Problem() {}

  static String words(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return switch (e) {
      case AccessDeniedException _ -> "'" + message + "': Permission denied";
      case FileAlreadyExistsException _ -> "'" + message + "': File exists";
      case NoSuchFileException _ -> "'" + message + "': No such file or directory";
      case FileSystemException f when f.getReason() != null ->
          "'" + f.getFile() + "': " + f.getReason();
      default -> message;
    };
  }
}
