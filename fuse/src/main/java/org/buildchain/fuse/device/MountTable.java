package org.buildchain.fuse.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The kernel's list of mounts. Read instead of asking a mountpoint itself, because a FUSE mount
 * whose process has died answers everything with {@code ENOTCONN}, and one whose process hangs
 * doesn't answer at all.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">mountinfo(5)</a>
 */
public final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  private MountTable() {}

  /** The types of what is mounted exactly at {@code mountpoint}, the lowest first. */
  public static List<String> typesAt(Path mountpoint) throws IOException {
    String wanted = mountpoint.toString();
    return Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1)
        .lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 8 && unescape(fields[4]).equals(wanted))
        .map(MountTable::type)
        .toList();
  }

  /**
   * The device number, {@code major:minor}, of the topmost mount at {@code mountpoint}.
   *
   * @throws IOException if nothing is mounted there
   */
  static String deviceAt(Path mountpoint) throws IOException {
    String wanted = mountpoint.toString();
    return Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1)
        .lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 8 && unescape(fields[4]).equals(wanted))
        .map(fields -> fields[2])
        .reduce((_, last) -> last)
        .orElseThrow(() -> new IOException("nothing is mounted at " + wanted));
  }

  /** The field after the lone hyphen; optional fields make its place vary. */
  private static String type(String[] fields) {
    for (int i = 6; i < fields.length - 1; i++) {
      if (fields[i].equals("-")) {
        return fields[i + 1];
      }
    }
    return "";
  }

  /** Undoes the {@code \ooo} by which the kernel writes blanks and backslashes. */
  private static String unescape(String field) {
    byte[] bytes = new byte[field.length()];
    int length = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        c = (char) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      }
      bytes[length++] = (byte) c;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
