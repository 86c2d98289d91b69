package org.buildchain.substituter.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

class NetrcTest {
  /** The expected values: {@code printf %s name:password | base64}. */
  @Test
  void entries() {
    Netrc netrc =
        Netrc.parse(
            """
            # comment
            machine a.example login me password secret
            machine b.example
              login "two words" password #no-comment
            macdef init
            machine evil.example password x

            machine a.example login second password ignored
            """);
    assertEquals(Optional.of("Basic bWU6c2VjcmV0"), netrc.authorization("a.example"));
    assertEquals(
        Optional.of("Basic dHdvIHdvcmRzOiNuby1jb21tZW50"), netrc.authorization("b.example"));
    assertEquals(Optional.empty(), netrc.authorization("evil.example"));
    assertEquals(Optional.empty(), netrc.authorization("c.example"));
    assertEquals(
        Optional.of("Basic eDp5"),
        Netrc.parse("default login x password y").authorization("c.example"));
  }

  @Test
  void errorsTellNoSecret() {
    FormatException e =
        assertThrows(FormatException.class, () -> Netrc.parse("machine a login b password c hush"));
    assertFalse(e.getMessage().contains("hush"));
    assertThrows(FormatException.class, () -> Netrc.parse("machine"));
    assertThrows(FormatException.class, () -> Netrc.parse("machine a login \"b"));
  }
}
