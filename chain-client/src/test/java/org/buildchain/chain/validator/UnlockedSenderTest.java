package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.rpc.Sender;
import org.junit.jupiter.api.Test;

/** Senders from an account whose key the node holds. */
class UnlockedSenderTest {
  private static final Address TO = Address.parse("0x00000000000000000000000000000000000000b1");

  /** Two processes pay the same sum to the same account at once, and both have paid. */
  @Test
  void thoseWhoSendAtOnceAllSend() throws Exception {
    int senders = 4;
    int each = 20;
    try (TestChain chain = new TestChain(Constants.local(0));
        ExecutorService threads = Executors.newFixedThreadPool(senders)) {
      chain.node.ask("evm_setAutomine", false);
      List<Future<List<Word>>> sent = new ArrayList<>();
      for (int i = 0; i < senders; i++) {
        sent.add(
            threads.submit(
                () -> {
                  Sender rich = Sender.unlocked(chain.node, LocalChain.rich());
                  List<Word> hashes = new ArrayList<>();
                  for (int j = 0; j < each; j++) {
                    hashes.add(rich.send(Optional.of(TO), new byte[0], BigInteger.TEN));
                  }
                  return hashes;
                }));
      }
      Set<Word> all = new HashSet<>();
      for (Future<List<Word>> one : sent) {
        all.addAll(one.get());
      }
      chain.mine();
      assertEquals(senders * each, all.size());
      assertEquals(BigInteger.valueOf(10L * senders * each), chain.node.balance(TO));
    }
  }
}
