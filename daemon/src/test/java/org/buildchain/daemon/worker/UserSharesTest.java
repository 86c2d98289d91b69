package org.buildchain.daemon.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UserSharesTest {
  @Test
  void oneUserTakesNothingFromAnother() {
    UserShares shares = new UserShares(2);
    UserShares.Share first = shares.take("alice").orElseThrow();
    assertTrue(shares.take("alice").isPresent());
    assertTrue(shares.take("alice").isEmpty());
    assertTrue(shares.take("bob").isPresent());
    first.close();
    assertTrue(shares.take("alice").isPresent());
    assertTrue(shares.take("alice").isEmpty());
  }

  @Test
  void rootHasNoLimit() {
    UserShares shares = new UserShares(1);
    assertTrue(shares.take("root").isPresent());
    assertTrue(shares.take("root").isPresent());
  }
}
