package org.buildchain.substituter.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.signature.SecretKey;
import org.junit.jupiter.api.Test;

/** Names, defaults and what is said of wrong values are those of Nix 2.26.3. */
class UploadOptionsTest {
  private final List<String> warnings = new ArrayList<>();
  private final List<String> keyFiles = new ArrayList<>();

  private UploadOptions options(String url) {
    return UploadOptions.of(
        CacheUrl.parse(url),
        StoreDir.DEFAULT,
        file -> {
          keyFiles.add(file);
          return SecretKey.generate("test-1");
        },
        warnings::add);
  }

  private String refused(String parameter) {
    return assertThrows(FormatException.class, () -> options("file:///cache?" + parameter))
        .getMessage();
  }

  @Test
  void theyAreNixs() {
    UploadOptions usual = options("file:///cache");
    assertEquals("xz", usual.compressor().nixName());
    assertEquals("zstd", options("http://h/").compressor().nixName());
    assertEquals(6, usual.compressor().level());
    assertFalse(usual.listings());
    assertEquals(Optional.empty(), usual.key());
    UploadOptions all =
        options(
            "file:///cache?compression=zstd&compression-level=19&secret-key=/a%20key"
                + "&write-nar-listing=yes&want-mass-query=1&priority=30&store=/nix/store"
                + "&parallel-compression=true");
    assertEquals("zstd", all.compressor().nixName());
    assertEquals(List.of("/a key"), keyFiles);
    assertTrue(all.key().isPresent());
    assertEquals(19, all.compressor().level());
    assertTrue(all.listings());
    assertEquals(Optional.of(true), all.massQuery());
    assertEquals(30, all.priority().orElseThrow());
    assertEquals(
        3, options("file:///c?compression=zstd&compression-level=-1").compressor().level());
    assertEquals(List.of(), warnings);
  }

  @Test
  void unknownOnesAreTold() {
    options("file:///cache?compresion=zstd&region=eu-west-1");
    options("s3://bucket?region=eu-west-1&endpoint=localhost&scheme=http&profile=x");
    options("s3://bucket?multipart-upload=true");
    assertEquals(
        List.of(
            "unknown setting 'compresion'",
            "unknown setting 'region'",
            "setting 'multipart-upload' of Nix has no effect here"),
        warnings);
  }

  @Test
  void wrongValuesAreRefused() {
    assertTrue(refused("compression=rar").startsWith("unknown compression method 'rar'"));
    assertEquals(
        "setting 'compression-level' has invalid value 'best'", refused("compression-level=best"));
    assertEquals(
        "setting 'write-nar-listing' has invalid value 'maybe'",
        refused("write-nar-listing=maybe"));
    assertTrue(refused("compression-level=10").contains("'xz' has those from 0 to 9"));
    assertTrue(refused("store=/other/store").contains("is for Nix stores with prefix"));
  }
}
