package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected values by hand from user_namespaces(7). */
class BuildUsersTest {
  @TempDir Path locks;

  /** Between the ranges of sssd and systemd, see the comment there. */
  @Test
  void theWholeMachineGivesWhatNobodyHas() {
    assertEquals(2_100_000_000, BuildUsers.first("         0          0 4294967295\n"));
  }

  @Test
  void aContainerOf65536IdsGivesItsEnd() {
    assertEquals(65536 - 2048, BuildUsers.first("         0     100000      65536\n"));
  }

  @Test
  void twoAtOnceDiffer() throws Exception {
    try (BuildUsers users = new BuildUsers(100, locks)) {
      assertEquals(100, users.acquire());
      assertEquals(101, users.acquire());
      users.release(100);
      assertEquals(100, users.acquire());
    }
  }

  @Test
  void twoDaemonsDifferAsLongAsBothLive() throws Exception {
    try (BuildUsers second = new BuildUsers(100, locks)) {
      try (BuildUsers first = new BuildUsers(100, locks)) {
        assertEquals(100, first.acquire());
        assertEquals(101, second.acquire());
        first.release(100);
        assertEquals(102, second.acquire());
      }
      assertEquals(100, second.acquire());
    }
  }
}
