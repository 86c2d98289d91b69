package org.buildchain.derivation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** The derivations that Nix 2.26.3 wrote for {@code corpus.nix}. */
final class Corpus {
  static final Map<StorePath, String> TEXTS = texts();

  private Corpus() {}

  static Derivation read(StorePath path) {
    return ATerm.parse(TEXTS.get(path), Derivation.nameOf(path), StoreDir.DEFAULT);
  }

  /** The derivation called {@code name}; there must be one only. */
  static Derivation named(String name) {
    return read(
        TEXTS.keySet().stream()
            .filter(p -> p.name().equals(name + ".drv"))
            .findAny()
            .orElseThrow());
  }

  static byte[] resource(String name) {
    try (InputStream in = Corpus.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<StorePath, String> texts() {
    Map<StorePath, String> out = new TreeMap<>();
    String all = new String(resource("corpus.drvs"), StandardCharsets.ISO_8859_1);
    all.lines()
        .forEach(
            line -> {
              int space = line.indexOf(' ');
              out.put(StorePath.parse(line.substring(0, space)), line.substring(space + 1));
            });
    return out;
  }
}
