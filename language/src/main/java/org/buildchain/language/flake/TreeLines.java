package org.buildchain.language.flake;

import org.buildchain.store.format.Octets;

/** What Nix draws trees with, and its colours. */
record TreeLines(boolean colours) {
  static final String BETWEEN = Octets.fromText("├───");
  static final String LAST = Octets.fromText("└───");
  static final String LINE = Octets.fromText("│   ");
  static final String NOTHING = "    ";

  private String painted(String code, String text) {
    return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
  }

  String bold(String text) {
    return painted("1", text);
  }

  String green(String text) {
    return painted("32;1", text);
  }

  String magenta(String text) {
    return painted("35;1", text);
  }
}
