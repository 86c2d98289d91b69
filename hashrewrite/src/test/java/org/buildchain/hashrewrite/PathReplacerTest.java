package org.buildchain.hashrewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathReplacerTest {
  private static final String A = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1-lib";
  private static final String A2 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2-lib";
  private static final String B = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb1-a-long-name-1.0";
  private static final String B2 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb2-a-long-name-1.0";
  private static final Map<String, String> NAMES = Map.of(A, A2, B, B2);

  private static String replaced(String text, int piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PathReplacer replacer = new PathReplacer("/nix/store", NAMES, out::write);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += piece) {
      replacer.write(bytes, at, Math.min(piece, bytes.length - at));
    }
    replacer.finish();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void replacesWholePathsAlone() {
    assertEquals(
        "/nix/store/" + A2 + "/bin:/nix/store/" + B2,
        replaced("/nix/store/" + A + "/bin:/nix/store/" + B, 7));
    assertEquals("/nix/store//nix/store/" + A2, replaced("/nix/store//nix/store/" + A, 1000));
    for (String other :
        new String[] {
          A,
          "../" + A,
          "/NIX/store/" + A,
          "ix/store/" + A,
          "/nix/store/" + A.substring(0, A.length() - 1),
          "/nix/store/" + A.replace("lib", "bin"),
          ""
        }) {
      assertEquals(other, replaced(other, 1000));
    }
  }

  /** Against {@code String.replace}, with paths at and around the ends of buffers. */
  @Test
  void replacesWhereverTheyStand() {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    while (text.length() < 400_000) {
      switch (random.nextInt(5)) {
        case 0 -> text.append("/nix/store/").append(A);
        case 1 -> text.append("/nix/store/").append(B);
        case 2 -> text.append("/nix/store/");
        case 3 -> text.append(A);
        default -> text.append("x".repeat(random.nextInt(2000)));
      }
    }
    String expected =
        text.toString()
            .replace("/nix/store/" + A, "/nix/store/" + A2)
            .replace("/nix/store/" + B, "/nix/store/" + B2);
    for (int piece : new int[] {1, 4096, 65_536, 1 << 20}) {
      assertEquals(expected, replaced(text.toString(), piece));
    }
  }
}
