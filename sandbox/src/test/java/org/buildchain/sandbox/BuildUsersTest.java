package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
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

  /** Such as /run in a container whose root folder is read-only. */
  @Test
  void aFolderThatTakesNothingIsNamed() throws Exception {
    Path run = Files.createFile(locks.resolve("run"));
    try (BuildUsers users = new BuildUsers(100, run.resolve("users"))) {
      IOException e = assertThrows(IOException.class, users::acquire);
      assertTrue(e.getMessage().contains("need a writable '" + run + "'"), e.getMessage());
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
