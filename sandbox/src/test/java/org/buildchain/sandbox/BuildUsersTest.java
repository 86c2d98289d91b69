package org.buildchain.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Expected values by hand from user_namespaces(7). */
class BuildUsersTest {
  @Test
  void theWholeMachineGivesNixsRange() {
    assertEquals(872415232, BuildUsers.first("         0          0 4294967295\n"));
  }

  @Test
  void aContainerOf65536IdsGivesItsEnd() {
    assertEquals(65536 - 2048, BuildUsers.first("         0     100000      65536\n"));
  }

  @Test
  void twoAtOnceDiffer() {
    BuildUsers users = BuildUsers.ofThisProcess();
    int first = users.acquire();
    int second = users.acquire();
    assertNotEquals(first, second);
    users.release(first);
    assertEquals(first, users.acquire());
  }
}
