package org.buildchain.tests.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that expressions read. */
final class Fixture {
  private static final Map<String, String> FILES = files();

  private Fixture() {}

  private static Map<String, String> files() {
    Map<String, String> f = new LinkedHashMap<>();
    f.put("file.txt", "first\nsecond \u00e9\n");
    f.put("empty", "");
    f.put("set.nix", "{ a = 1; b = \"x\"; f = x: x; }");
    f.put("id.nix", "x: x");
    f.put("free.nix", "{ r = if builtins.isInt a then a else 0; }");
    f.put("throws.nix", "throw \"thrown in a file\"");
    f.put("bad.nix", "{ a = ");
    f.put("dir/default.nix", "[ ./sub ../file.txt (import ../set.nix).a ]");
    f.put("dir/sub/leaf", "leaf");
    return f;
  }

  static void write(Path folder) throws IOException {
    for (Map.Entry<String, String> e : FILES.entrySet()) {
      Path p = folder.resolve(e.getKey());
      Files.createDirectories(p.getParent());
      Files.writeString(p, e.getValue());
    }
    Files.createSymbolicLink(folder.resolve("dir/link"), Path.of("../file.txt"));
    Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(folder.resolve("links/loop"), Path.of("loop"));
  }
}
