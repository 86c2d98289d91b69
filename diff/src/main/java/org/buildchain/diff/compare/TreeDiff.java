package org.buildchain.diff.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.diff.report.Report;
import org.buildchain.diff.report.ReportBuilder;
import org.buildchain.store.tree.FileTree;

/**
 * Compares two outputs of one derivation and says in what they differ. Either may be hostile.
 *
 * <p>What it promises: outputs that differ have a difference in the report, and one is of effect
 * {@link Effect#NONE} only if it stands where nothing that runs reads it. Everything that is not
 * understood counts as code.
 *
 * <p>Memory: files of more than {@link #MAX_FILE} bytes are compared, but not looked into; what a
 * file unpacks to is limited too.
 */
public final class TreeDiff {
  /** The longest file that is looked into. */
  public static final int MAX_FILE = 64 << 20;

  private static final long MAX_UNPACKED = 96L << 20;
  private static final int MAX_DEPTH = 4096;
  private static final int BUFFER = 1 << 16;

  private final ReportBuilder report = new ReportBuilder();
  private final OwnHashes own;

  private TreeDiff(OwnHashes own) {
    this.own = own;
  }

  /**
   * Compares two trees.
   *
   * @throws IOException if one can't be read, or the thread is interrupted
   */
  public static Report compare(FileTree left, FileTree right) throws IOException {
    return compare(left, right, Optional.empty(), Optional.empty());
  }

  /**
   * Compares two store objects, or trees at known store paths.
   *
   * @param leftHash the hash part of the left tree's own path, where it has one
   * @param rightHash that of the right one's; where both are given and each tree has its own in the
   *     same place, that is harmless
   * @throws IOException if a tree can't be read, or the thread is interrupted
   */
  public static Report compare(
      FileTree left, FileTree right, Optional<String> leftHash, Optional<String> rightHash)
      throws IOException {
    TreeDiff diff = new TreeDiff(new OwnHashes(leftHash, rightHash));
    diff.node("", left, right, 0);
    return diff.report.build();
  }

  private void node(String path, FileTree left, FileTree right, int depth) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    if (depth > MAX_DEPTH) {
      throw new IOException("'" + path + "' is more than " + MAX_DEPTH + " folders deep");
    }
    if (left instanceof FileTree.Regular l && right instanceof FileTree.Regular r) {
      file(path, l, r);
    } else if (left instanceof FileTree.Symlink l && right instanceof FileTree.Symlink r) {
      link(path, l.target(), r.target());
    } else if (left instanceof FileTree.Directory l && right instanceof FileTree.Directory r) {
      folder(path, l.entries(), r.entries(), depth);
    } else {
      add(path, DifferenceClass.FILE_TYPE, "", type(left), type(right));
    }
  }

  private void folder(String path, List<FileTree.Entry> left, List<FileTree.Entry> right, int depth)
      throws IOException {
    int l = 0;
    int r = 0;
    while (l < left.size() || r < right.size()) {
      int order =
          l == left.size()
              ? 1
              : r == right.size() ? -1 : left.get(l).name().compareTo(right.get(r).name());
      String name = order <= 0 ? left.get(l).name() : right.get(r).name();
      String at = path.isEmpty() ? name : path + "/" + name;
      if (order == 0) {
        node(at, left.get(l++).node(), right.get(r++).node(), depth + 1);
      } else if (order < 0) {
        add(at, DifferenceClass.MISSING, "only on the left", type(left.get(l++).node()), "");
      } else {
        add(at, DifferenceClass.MISSING, "only on the right", "", type(right.get(r++).node()));
      }
    }
  }

  private void link(String path, String left, String right) {
    if (left.equals(right)) {
      return;
    }
    boolean isOwn = own.alike(left, right);
    report.add(
        path,
        List.of(),
        isOwn ? DifferenceClass.STORE_PATH : DifferenceClass.LINK_TARGET,
        isOwn ? Effect.NONE : Effect.CODE,
        "",
        left,
        right);
  }

  private void file(String path, FileTree.Regular left, FileTree.Regular right) throws IOException {
    if (left.executable() != right.executable()) {
      add(
          path,
          DifferenceClass.PERMISSIONS,
          "",
          left.executable() ? "executable" : "not executable",
          right.executable() ? "executable" : "not executable");
    }
    if (left.size() == right.size() && sameContent(left, right)) {
      return;
    }
    if (left.size() > MAX_FILE || right.size() > MAX_FILE) {
      add(
          path,
          DifferenceClass.UNKNOWN,
          "files of more than " + MAX_FILE + " bytes are not looked into",
          "",
          "");
      return;
    }
    Bytes l = bytes(left);
    Bytes r = bytes(right);
    boolean executable = left.executable() || right.executable();
    new FileDiff(report, own, path, executable, new Budget(MAX_UNPACKED)).compare(l, r);
  }

  private static Bytes bytes(FileTree.Regular file) throws IOException {
    try (InputStream in = file.open()) {
      return Bytes.of(in.readAllBytes());
    }
  }

  private static boolean sameContent(FileTree.Regular left, FileTree.Regular right)
      throws IOException {
    try (InputStream l = left.open();
        InputStream r = right.open()) {
      byte[] a = new byte[BUFFER];
      byte[] b = new byte[BUFFER];
      while (true) {
        int n = l.readNBytes(a, 0, BUFFER);
        int m = r.readNBytes(b, 0, BUFFER);
        if (n != m || !Arrays.equals(a, 0, n, b, 0, n)) {
          return false;
        }
        if (n < BUFFER) {
          return true;
        }
      }
    }
  }

  private void add(String path, DifferenceClass cause, String detail, String left, String right) {
    report.add(path, List.of(), cause, Effect.CODE, detail, left, right);
  }

  private static String type(FileTree node) {
    return switch (node) {
      case FileTree.Regular _ -> "file";
      case FileTree.Directory _ -> "folder";
      case FileTree.Symlink _ -> "link";
    };
  }
}
