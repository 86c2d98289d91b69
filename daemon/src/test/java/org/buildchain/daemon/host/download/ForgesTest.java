package org.buildchain.daemon.host.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        new Forges.Archive(url.replace("REV", REV), Optional.empty()),
        new Forges((at, c) -> "", tokens()).archive(Input.ofUrl(reference.replace("REV", REV))));
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
            (at, credential) -> {
              asked.add(at);
              throw new IOException("no network");
            },
            tokens());
    assertThrows(IOException.class, () -> forges.located(Input.ofUrl(reference)));
    assertEquals(List.of(url), asked);
  }

  private static Input located(String reference, Map<String, String> texts) throws IOException {
    return new Forges((url, c) -> texts.get(url), tokens()).located(Input.ofUrl(reference));
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
        IOException.class,
        () -> new Forges((u, c) -> answer, tokens()).located(Input.ofUrl("github:a/b/main")));
    assertThrows(
        IOException.class,
        () -> new Forges((u, c) -> answer, tokens()).located(Input.ofUrl("gitlab:a/b/main")));
  }

  /**
   * Headers and URLs are those with which Nix 2.26.3 asks a server of the test's own by TLS, and
   * {@code api.github.com}, the names of its {@code github.cc}.
   */
  @ParameterizedTest
  @CsvSource({
    "github:a/b/REV, https://api.github.com/repos/a/b/tarball/REV, https://api.github.com,"
        + " Authorization, token G",
    "github:a/b/REV?host=h.x, https://h.x/api/v3/repos/a/b/tarball/REV, https://h.x,"
        + " Authorization, token H",
    "gitlab:a/b/REV, https://gitlab.com/api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=REV,"
        + " https://gitlab.com, Authorization, Bearer L",
    "gitlab:a/b/REV?host=l.x,"
        + " https://l.x/api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=REV,"
        + " https://l.x, Private-token, P:1",
    "sourcehut:~a/b/REV, https://git.sr.ht/~a/b/archive/REV.tar.gz, https://git.sr.ht,"
        + " Authorization, Bearer S"
  })
  void areShownTokens(String reference, String url, String origin, String header, String value)
      throws IOException {
    List<Credential> shown = new ArrayList<>();
    Forges forges =
        new Forges(
            (at, credential) -> {
              shown.add(credential.orElseThrow());
              throw new IOException("no network");
            },
            tokens(
                "github.com=G",
                "h.x=H",
                "gitlab.com=OAuth2:L",
                "l.x=PAT:P:1",
                "git.sr.ht=S",
                "github.com=second",
                "nothing"));
    Input in = Input.ofUrl(reference.replace("REV", REV));
    Credential expected = new Credential(URI.create(origin), header, value);
    assertEquals(
        new Forges.Archive(url.replace("REV", REV), Optional.of(expected)), forges.archive(in));
    assertThrows(IOException.class, () -> forges.located(in.without("rev")));
    assertEquals(List.of(expected), shown);
    assertFalse(expected.toString().contains(value), expected.toString());
  }

  @Test
  void otherHostsAreShownNone() throws IOException {
    Forges forges = new Forges((at, c) -> "", tokens("github.com=G", "gitlab.com=PAT:L"));
    for (String host : new String[] {"api.github.com", "github.com.x", "github.com:80", "x.com"}) {
      Input in = Input.ofUrl("github:a/b/" + REV).with("host", host);
      assertEquals(Optional.empty(), forges.archive(in).credential(), host);
    }
  }

  /** What is said of a token that cannot be used holds nothing of it. */
  @ParameterizedTest
  @ValueSource(strings = {"glpat-secret", "secret:secret\u00e9", "se cret:x", "PAT:"})
  void unusableTokensAreNotShown(String token) throws IOException {
    List<String> warnings = new ArrayList<>();
    AccessTokens tokens = new AccessTokens(List.of("gitlab.com=" + token), warnings::add);
    Input in = Input.ofUrl("gitlab:a/b/" + REV);
    assertEquals(Optional.empty(), new Forges((u, c) -> "", tokens).archive(in).credential());
    assertEquals("Unrecognized access token for host 'gitlab.com'", warnings.getLast());
    assertFalse(warnings.toString().contains("secret"), warnings.toString());
  }

  private static AccessTokens tokens(String... words) {
    return new AccessTokens(List.of(words), w -> {});
  }
}
