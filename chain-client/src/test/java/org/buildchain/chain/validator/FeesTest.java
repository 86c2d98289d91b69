package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Test;

/** Transactions whose fee the chain has outgrown. */
class FeesTest {
  private static final String HIGH = "0x174876e800";

  private static void mineDear(TestChain chain, int blocks) {
    for (int i = 0; i < blocks; i++) {
      // 100 gwei, a hundred times what was offered; empty blocks would lower it.
      chain.node.ask("anvil_setNextBlockBaseFeePerGas", HIGH);
      chain.mine();
    }
  }

  @Test
  void whatIsStuckIsSentWithAHigherFee() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      Key key = chain.funded(100);
      Sender sender = Sender.of(chain.node, key);
      Address to = LocalChain.rich();
      Call pay = TokenAbi.transfer(to, BigInteger.TEN);
      Call payMore = TokenAbi.transfer(to, BigInteger.TWO);
      chain.node.ask("evm_setAutomine", false);
      Word first = sender.send(chain.network.token(), pay);
      mineDear(chain, 1);
      // Not stuck yet: what comes next queues up.
      Word second = sender.send(chain.network.token(), payMore);
      mineDear(chain, 5);
      assertTrue(chain.node.receipt(first).isEmpty());
      Word again = sender.send(chain.network.token(), pay);
      assertNotEquals(first, again);
      mineDear(chain, 1);
      assertTrue(chain.node.receipt(again).orElseThrow().ok());
      assertFalse(chain.node.isKnown(first), "replaced");
      // It was sent when fees had risen, and waited for nothing but its turn.
      assertTrue(chain.node.receipt(second).orElseThrow().ok());
      assertEquals(2, chain.node.nonce(key.address()), "each once");
      assertEquals(
          Constants.bct(100).subtract(BigInteger.valueOf(12)), chain.balance(key.address()));
    }
  }

  /** A process that has ended has left one that is stuck: the next one's first takes its place. */
  @Test
  void whatAnEarlierProcessLeftIsReplaced() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      Key key = chain.funded(100);
      chain.node.ask("evm_setAutomine", false);
      Call pay = TokenAbi.transfer(LocalChain.rich(), BigInteger.TEN);
      Word left = Sender.of(chain.node, key).send(chain.network.token(), pay);
      mineDear(chain, 1);
      Sender sender = Sender.of(chain.node, key);
      Call payMore = TokenAbi.transfer(LocalChain.rich(), BigInteger.TWO);
      sender.send(chain.network.token(), payMore);
      mineDear(chain, 5);
      Word again = sender.send(chain.network.token(), payMore);
      mineDear(chain, 1);
      assertTrue(chain.node.receipt(again).orElseThrow().ok());
      assertTrue(chain.node.receipt(left).isEmpty());
    }
  }
}
