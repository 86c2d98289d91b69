package org.buildchain.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.language.fetch.Input;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The URLs are those that {@code nix flake metadata} of Nix 2.26.3 asks for. */
class ForgesTest {
  private static final String REV = "0e79af5e3d4dcfcd676ab5ba3f95d2e3352e078c";
  private static final String OTHER = "0123456789012345678901234567890123456789";

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

  @ParameterizedTest
  @CsvSource({
    "github:a/b, https://api.github.com/repos/a/b/commits/HEAD",
    "github:a/b/main, https://api.github.com/repos/a/b/commits/main",
    "github:a/b/f/x, https://api.github.com/repos/a/b/commits/f/x",
    "github:a/b?ref=v1, https://api.github.com/repos/a/b/commits/v1",
    "github:a/b?host=h.x, https://h.x/api/v3/repos/a/b/commits/HEAD",
    "gitlab:a/b, https://gitlab.com/api/v4/projects/a%2Fb/repository/commits?ref_name=HEAD",
    "gitlab:a%2Fc/b/main?host=h.x,"
        + " https://h.x/api/v4/projects/a%2Fc/repository/commits?ref_name=b/main",
    "sourcehut:~a/b, https://git.sr.ht/~a/b/HEAD",
    "sourcehut:~a/b/main, https://git.sr.ht/~a/b/info/refs"
  })
  void areAskedForBranches(String reference, String url) {
    List<String> asked = new ArrayList<>();
    Forges forges =
        new Forges(
            at -> {
              asked.add(at);
              throw new IOException("no network");
            });
    assertThrows(IOException.class, () -> forges.located(Input.ofUrl(reference)));
    assertEquals(List.of(url), asked);
  }

  private static Input located(String reference, Map<String, String> texts) throws IOException {
    return new Forges(texts::get).located(Input.ofUrl(reference));
  }

  /** The answers are as the forges' documentation shows them, shortened. */
  @Test
  void sayWhatBranchesAreAt() throws IOException {
    assertEquals(
        Input.ofUrl("github:a/b/" + REV),
        located(
            "github:a/b/main",
            Map.of(
                "https://api.github.com/repos/a/b/commits/main",
                "{\"sha\": \"" + REV + "\", \"commit\": {\"tree\": {\"sha\": \"x\"}}}")));
    assertEquals(
        Input.ofUrl("gitlab:a/b/" + REV),
        located(
            "gitlab:a/b",
            Map.of(
                "https://gitlab.com/api/v4/projects/a%2Fb/repository/commits?ref_name=HEAD",
                "[{\"id\": \"" + REV + "\"}, {\"id\": \"other\"}]")));
    Map<String, String> sourcehut =
        Map.of(
            "https://git.sr.ht/~a/b/HEAD",
            "ref: refs/heads/trunk\n",
            "https://git.sr.ht/~a/b/info/refs",
            OTHER
                + "\trefs/heads/main\n"
                + REV
                + "\trefs/heads/trunk\n"
                + OTHER
                + "\trefs/tags/v1\n");
    assertEquals(Input.ofUrl("sourcehut:~a/b/" + REV), located("sourcehut:~a/b", sourcehut));
    assertEquals(Input.ofUrl("sourcehut:~a/b/" + REV), located("sourcehut:~a/b/trunk", sourcehut));
    assertEquals(Input.ofUrl("sourcehut:~a/b/" + OTHER), located("sourcehut:~a/b/v1", sourcehut));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"sha\": 1}", "{\"sha\": \"../x\"}", "<html>"})
  void answersWithoutCommitAreRefused(String answer) {
    assertThrows(
        IOException.class, () -> new Forges(url -> answer).located(Input.ofUrl("github:a/b/main")));
    assertThrows(
        IOException.class, () -> new Forges(url -> answer).located(Input.ofUrl("gitlab:a/b/main")));
  }
}
