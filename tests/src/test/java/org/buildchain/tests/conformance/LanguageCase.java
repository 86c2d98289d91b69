package org.buildchain.tests.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.format.Octets;

/** One test file of {@code tests/functional/lang}, as that folder's {@code lang.sh} reads them. */
record LanguageCase(Path folder, String name, Kind kind) {
  enum Kind {
    PARSE_FAIL("parse-fail-"),
    PARSE_OKAY("parse-okay-"),
    EVAL_FAIL("eval-fail-"),
    EVAL_OKAY("eval-okay-");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    boolean parses() {
      return this == PARSE_FAIL || this == PARSE_OKAY;
    }

    boolean succeeds() {
      return this == PARSE_OKAY || this == EVAL_OKAY;
    }
  }

  /** The cases in a folder, by kind and name. */
  static List<LanguageCase> in(Path folder) throws IOException {
    List<LanguageCase> out = new ArrayList<>();
    try (var files = Files.list(folder)) {
      List<String> names = files.map(p -> p.getFileName().toString()).sorted().toList();
      for (Kind kind : Kind.values()) {
        for (String n : names) {
          if (n.startsWith(kind.prefix) && n.endsWith(".nix")) {
            LanguageCase c =
                new LanguageCase(folder, n.substring(0, n.length() - ".nix".length()), kind);
            if (!Files.exists(c.file(".exp-disabled"))) {
              out.add(c);
            }
          }
        }
      }
    }
    return out;
  }

  Path file(String suffix) {
    return folder.resolve(name + suffix);
  }

  /** A file that belongs to the case, empty if there is none. */
  String text(String suffix) throws IOException {
    Path p = file(suffix);
    return Files.exists(p) ? Octets.of(Files.readAllBytes(p)) : "";
  }

  /** Whether the case, all files that belong to it, stands in another folder byte for byte. */
  boolean isSameIn(Path other) throws IOException {
    LanguageCase there = new LanguageCase(other, name, kind);
    for (String suffix : List.of(".nix", ".exp", ".exp.xml", ".err.exp", ".flags")) {
      if (Files.exists(file(suffix)) != Files.exists(there.file(suffix))
          || !text(suffix).equals(there.text(suffix))) {
        return false;
      }
    }
    return true;
  }

  boolean isXml() {
    return Files.exists(file(".exp.xml"));
  }

  String expectedOut() throws IOException {
    return isXml() ? text(".exp.xml") : text(".exp");
  }

  List<String> arguments() throws IOException {
    if (kind.parses()) {
      return List.of("--parse", "-");
    }
    List<String> out = new ArrayList<>();
    String flags = text(".flags").replaceAll("#[^\n]*", "").strip();
    // The common settings of Nix's tests show traces.
    out.add("--show-trace");
    if (kind == Kind.EVAL_FAIL) {
      out.addAll(words(flags.isEmpty() ? "--eval --strict" : flags));
    } else {
      out.addAll(
          isXml()
              ? List.of("--xml", "--no-location")
              : words(flags.lines().findFirst().orElse("")));
      out.addAll(List.of("--eval", "--strict"));
    }
    out.add("lang/" + name + ".nix");
    return out;
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
  }
}
