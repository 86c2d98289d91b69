package org.buildchain.language.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.buildchain.language.MemoryHost;
import org.buildchain.language.Nix;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.store.format.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What restricted and pure evaluations may read. Expected values: {@code nix-instantiate --eval} of
 * Nix 2.26.3 over the same files, of errors the message.
 */
class AccessTest {
  private static String run(EvalSettings.Access access, String expression) {
    MemoryHost host =
        new MemoryHost()
            .file("/r/src/a.nix", "{ x = 1; }")
            .file("/r/other", "hi")
            .search("src", "/r/src");
    String printed =
        Nix.print(Builtins.evaluator(host, EvalSettings.DEFAULT.withAccess(access)), expression);
    int message = printed.lastIndexOf("error: ");
    return message < 0 ? printed : printed.substring(message).lines().findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          import <src/a.nix>                 | { x = 1; }
          import /r/src/a.nix                | { x = 1; }
          builtins.pathExists /r/other       | false
          builtins.getEnv "HOME"             | ""
          builtins.readFile /r/other         | error: access to absolute path '/r/other' is forbidden in restricted mode
          builtins.fetchurl "https://x.org/a"| error: access to URI 'https://x.org/a' is forbidden in restricted mode
          builtins.fetchGit "https://x.org/a"| error: access to URI 'git+https://x.org/a?exportIgnore=1' is forbidden in restricted mode
          builtins.fetchurl "https://y.org/a"| error: no network
          builtins.fetchurl "https://y.orgs/"| error: access to URI 'https://y.orgs/' is forbidden in restricted mode
          """)
  void restricted(String expression, String expected) {
    assertEquals(
        expected, run(new EvalSettings.Access(false, true, List.of("https://y.org")), expression));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <src>                              | error: cannot look up '<src>' in pure evaluation mode (use '--impure' to override)
          builtins.currentTime               | error: attribute 'currentTime' missing
          builtins.nixPath                   | [ ]
          builtins.pathExists /r/other       | false
          builtins.getEnv "HOME"             | ""
          builtins.readFile /r/other         | error: access to absolute path '/r' is forbidden in pure evaluation mode (use '--impure' to override)
          import /r/other                    | error: access to absolute path '/r' is forbidden in pure evaluation mode (use '--impure' to override)
          builtins.fetchurl "https://x.org/a"| error: in pure evaluation mode, 'fetchurl' requires a 'sha256' argument
          builtins.fetchGit "https://x.org/a"| error: in pure evaluation mode, 'fetchGit' will not fetch unlocked input 'git+https://x.org/a?exportIgnore=1'
          ~/a                                | error: the path '~/a' can not be resolved in pure mode
          builtins.storePath /nix/store/x    | error: 'builtins.storePath' is not allowed in pure evaluation mode
          """)
  void pure(String expression, String expected) {
    assertEquals(expected, run(new EvalSettings.Access(true, false, List.of()), expression));
  }

  @Test
  void tellWhichPathWasToBeRead() {
    EvalSettings pure =
        EvalSettings.DEFAULT.withAccess(new EvalSettings.Access(true, false, List.of()));
    assertEquals(
        String.join(
            "\n",
            "error:",
            "       … while calling the 'readFile' builtin",
            "         at «string»:1:1:",
            "            1| builtins.readFile /r/other",
            "             | ^",
            "",
            "       … while realising the context of path '/r/other'",
            "",
            "       error: access to absolute path '/r' is forbidden in pure evaluation mode (use"
                + " '--impure' to override)"),
        Octets.toText(
                Nix.print(Builtins.evaluator(new MemoryHost(), pure), "builtins.readFile /r/other"))
            .strip());
  }
}
