package org.buildchain.diff.archive;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of an archive's plain files and folders, and whether they are unpacked to the same in
 * any order: no two lead to one place, and none leads through another's file or out.
 */
final class UnpackedNames {
  private final Set<String> taken = new HashSet<>();
  private final Set<String> files = new HashSet<>();
  private final Set<String> folders = new HashSet<>();
  private boolean odd;

  /**
   * Adds one.
   *
   * @param name with slashes; a folder's may end with one
   */
  void add(String name, boolean folder) {
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/")) {
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
        odd |= part.equals("..");
      }
    }
    String path = String.join("/", parts);
    odd |= !taken.add(path);
    if (!folder) {
      files.add(path);
    }
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (!folders.add(path.substring(0, slash))) {
        break;
      }
    }
  }

  /** Whether the order of what was added makes no difference. */
  boolean anyOrder() {
    return !odd && files.stream().noneMatch(folders::contains);
  }
}
