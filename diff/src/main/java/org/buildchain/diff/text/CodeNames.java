package org.buildchain.diff.text;

import java.util.Locale;
import java.util.Set;
import org.buildchain.diff.layout.Bytes;

/** Tells texts that run from others. */
public final class CodeNames {
  private static final Set<String> ENDINGS =
      Set.of(
          "ac", "am", "awk", "bash", "bat", "c", "cc", "clj", "cmake", "cpp", "cs", "csh", "cxx",
          "el", "erl", "ex", "fish", "go", "h", "hh", "hpp", "hs", "java", "jl", "js", "kt", "la",
          "ld", "lisp", "lua", "m4", "mak", "mjs", "mk", "ml", "nix", "pc", "php", "pl", "pm", "py",
          "r", "rb", "rs", "s", "scm", "service", "sh", "sql", "tcl", "ts", "vim", "zsh");

  private CodeNames() {}

  /**
   * Whether what stands in the file decides what is run.
   *
   * @param name the file's name, or a path
   */
  public static boolean isCode(String name, Bytes file) {
    int slash = name.lastIndexOf('/');
    int dot = name.lastIndexOf('.');
    return file.has(0, "#!")
        || name.substring(slash + 1).equals("Makefile")
        || (dot > slash && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }
}
