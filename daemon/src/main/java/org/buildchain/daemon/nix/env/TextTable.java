package org.buildchain.daemon.nix.env;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns, as {@code nix-env} prints them: two spaces apart, none after the last. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; all have the same number of columns. Cells are octet strings. */
  void add(List<String> row) {
    rows.add(row);
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i).replace('\n', ' ');
        out.append(cell);
        if (i < widths.length - 1) {
          out.repeat(' ', widths[i] - cell.length() + 2);
        }
      }
      out.append('\n');
    }
    return out.toString();
  }
}
