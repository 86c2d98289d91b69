package org.buildchain.substituter.narinfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.junit.jupiter.api.Test;

class NarInfoReaderTest {
  // Written by Nix 2.8: nix copy --to 'file:///…?secret-key=…'.
  private static final String NIX =
      """
      StorePath: /nix/store/mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0
      URL: nar/02rlfsrlbvhbk079jhdi7kaibf1nrs86cc56bwh0shzl4bq183ir.nar.xz
      Compression: xz
      FileHash: sha256:02rlfsrlbvhbk079jhdi7kaibf1nrs86cc56bwh0shzl4bq183ir
      FileSize: 216
      NarHash: sha256:0k7zy5c00s9ca8i3hqmskbrha2bja2r08ykcb6mi3hkn4p0vh2d2
      NarSize: 224
      References: 5y5hbp8sa6fj894cy38wybrcibj01qv8-dep mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0
      Deriver: kq5wr4g7nvjs0aw25592fmpba2z803g2-top-1.0.drv
      Sig: cache.example-1:V3+Y+NppWAx4IAxB0z1gL7xwqOFFojYC7uGF9dVymH0+iJMsuPdvhhcQIadMBBuiCYbyqbHtdoNslUuRtsAbCQ==
      """;

  private static NarInfo read(String text) {
    return NarInfoReader.read("test", StoreDir.DEFAULT, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void readsWhatNixWroteAndPrintsItAgain() {
    NarInfo info = read(NIX);
    assertEquals("mq3k82cxic59kh1dfgx85ds0kk51c8mg-top-1.0", info.path().toString());
    assertEquals(OptionalLong.of(216), info.fileSize());
    assertEquals(2, info.references().size());
    assertEquals(NIX, info.print(StoreDir.DEFAULT));
  }

  @Test
  void whatMayBeAbsentMayBe() {
    NarInfo info =
        read(
            NIX.replaceAll("(?m)^(Compression|FileHash|FileSize|Deriver|Sig):.*\n", "")
                    .replaceAll("(?m)^References: .*", "References: ")
                + "Another: field\n");
    assertEquals("bzip2", info.compression());
    assertEquals(Optional.empty(), info.deriver());
    assertTrue(info.references().isEmpty() && info.signatures().isEmpty());
  }

  @Test
  void everythingElseIsRefused() {
    for (String bad :
        new String[] {
          "",
          "\n",
          NIX.substring(0, NIX.length() - 1),
          NIX + "no colon\n",
          NIX + "NarSize: 224\n",
          NIX.replace("NarSize: 224", "NarSize: 0"),
          NIX.replace("NarSize: 224", "NarSize: -1"),
          NIX.replace("NarSize: 224", "NarSize: 9999999999999999999"),
          NIX.replace("NarHash: sha256:0k", "NarHash: sha256:0"),
          NIX.replace("NarHash: sha256:0k", "NarHash: 0k"),
          NIX.replace("NarHash: sha256", "NarHash: md5"),
          NIX.replace("StorePath: /nix/store/", "StorePath: /nix/store/../"),
          NIX.replace("StorePath: /nix/store/", "StorePath: /gnu/store/"),
          NIX.replace("References: 5y", "References: ../5y"),
          NIX.replace("URL: nar/", "URL: ../nar/"),
          NIX.replace("URL: nar/", "URL: /nar/"),
          NIX.replace("URL: nar/", "URL: nar/../../"),
          NIX.replace("URL: nar/", "URL: nar\\"),
          NIX.replace("URL: nar/", "URL: n r/"),
          NIX.replaceAll("(?m)^URL:.*\n", ""),
          NIX + "Sig: a:b\n".repeat(256),
          NIX + "X: " + "x".repeat(NarInfoReader.MAX_BYTES) + "\n"
        }) {
      assertThrows(FormatException.class, () -> read(bad), bad);
    }
  }
}
