package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Test;

/** A validator takes its stake back; waits are the registry's, 60 seconds and 300 blocks. */
class LeavingTest {
  @Test
  void theStakeComesBack() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      Key key = chain.funded(7000);
      Sender sender = Sender.of(chain.node, key);
      Stakes stakes = new Stakes(chain.claims, sender);
      stakes.stake(Constants.bct(5000));
      assertEquals(Optional.empty(), Leaving.of(chain.claims, key.address()));

      Leaving leaving = Leaving.begin(chain.claims, sender);
      assertFalse(stakes.isAvailable());
      assertEquals(Optional.of(leaving), Leaving.of(chain.claims, key.address()));
      assertEquals(
          chain.node.block(leaving.block()).orElseThrow().timestamp() + 60, leaving.from());
      assertEquals(Optional.of("that is not yet"), leaving.hindrance(chain.claims, key.address()));
      assertThrows(NodeException.class, () -> Leaving.end(chain.claims, sender));

      // Who starts it again meanwhile lets it serve what is open, and no more.
      stakes.stake(Constants.bct(6000));
      assertFalse(stakes.isAvailable());
      assertEquals(Constants.bct(5000), stakes.stake().amount());

      chain.pass(60);
      String wait = leaving.hindrance(chain.claims, key.address()).orElseThrow();
      assertTrue(wait.endsWith(" blocks must pass first"), wait);
      assertThrows(NodeException.class, () -> Leaving.end(chain.claims, sender));

      chain.node.ask("anvil_mine", "0x12c");
      assertEquals(Optional.empty(), leaving.hindrance(chain.claims, key.address()));
      assertEquals(Constants.bct(5000), Leaving.end(chain.claims, sender));
      assertEquals(Constants.bct(7000), chain.balance(key.address()));

      // It may come again.
      assertEquals(Optional.empty(), Leaving.of(chain.claims, key.address()));
      stakes.stake(Constants.bct(5000));
      assertTrue(stakes.isAvailable());
    }
  }
}
