package org.buildchain.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.buildchain.language.fetch.Input;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The URLs are those that {@code nix flake metadata} of Nix 2.26.3 asks for. */
class ForgesTest {
  private static final String REV = "0e79af5e3d4dcfcd676ab5ba3f95d2e3352e078c";

  @ParameterizedTest
  @CsvSource({
    "github:a/b/REV, https://github.com/a/b/archive/REV.tar.gz",
    "github:a/b/REV?host=h.x, https://h.x/api/v3/repos/a/b/tarball/REV",
    "gitlab:a/b/REV, https://gitlab.com/api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=REV",
    "gitlab:a%252Fc/b/REV?host=h.x,"
        + " https://h.x/api/v4/projects/a%2Fc%2Fb/repository/archive.tar.gz?sha=REV",
    "sourcehut:~a/b/REV, https://git.sr.ht/~a/b/archive/REV.tar.gz"
  })
  void haveArchivesOfCommits(String reference, String url) throws IOException {
    assertEquals(
        url.replace("REV", REV), Forges.archive(Input.ofUrl(reference.replace("REV", REV))));
  }

  @Test
  void areNotAskedForBranches() {
    assertThrows(IOException.class, () -> Forges.archive(Input.ofUrl("github:a/b/main")));
  }
}
