package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.VrfAuthorityAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.Vrf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims on a chain whose randomness an authority proves; the contract is the judge. */
class AuthorityTest {
  private static final Word OUTPUT = TestChain.word("an output");

  @TempDir private Path folder;

  private static Key key(int number) {
    return Key.of(Word.of(number).bytes());
  }

  /** The contract checks every step of the proof, of keys with an odd y and an even one. */
  @Test
  void theContractTakesItsProofs() throws Exception {
    for (int number = 77; number < 81; number++) {
      Key key = key(number);
      try (TestChain chain = new TestChain(Constants.local(0), Optional.of(key.publicKey()))) {
        Address source = chain.claims.call(ClaimsAbi.randomness()).address(0);
        Authority authority =
            new Authority(chain.claims, key, Sender.of(chain.node, key), text -> {});
        assertTrue(authority.isNamed());
        assertFalse(
            new Authority(chain.claims, key(5), Sender.of(chain.node, key), text -> {}).isNamed());
        chain.mine();
        long last = chain.node.blockNumber();
        for (long block = last - 5; block < last; block++) {
          BigInteger n = BigInteger.valueOf(block);
          byte[] proof = authority.proof(block);
          Word value = chain.node.call(source, VrfAuthorityAbi.valueOf(n, proof)).word(0);
          Word alpha = chain.node.call(source, VrfAuthorityAbi.alphaOf(n)).word(0);
          assertEquals(Vrf.prove(key, alpha).value(), value);
          byte[] other = Vrf.prove(key(5), alpha).proof();
          assertThrows(
              NodeException.class,
              () -> chain.node.call(source, VrfAuthorityAbi.valueOf(n, other)));
        }
      }
    }
  }

  @Test
  void claimsAreDrawnByIt() throws Exception {
    Key key = key(77);
    try (TestChain chain = new TestChain(Constants.local(1L << 31), Optional.of(key.publicKey()))) {
      List<Validator> validators = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Key one = chain.funded(5000);
        new Stakes(chain.claims, Sender.of(chain.node, one)).stake(Constants.bct(5000));
        validators.add(
            new Validator(
                chain.claims,
                one,
                (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, 1),
                new Validator.Options(folder.resolve("validator" + i), 0, 4),
                Runnable::run,
                text -> {}));
      }
      Authority authority =
          new Authority(chain.claims, key, Sender.of(chain.node, chain.funded(0)), text -> {});
      Publisher publisher = new Publisher(chain.claims, chain.funded(3000));
      Publisher.Claim claim = publisher.find(TestChain.word("a derivation"), OUTPUT);
      publisher.publish(claim, 0);
      for (int i = 0; i < 100 && !isOver(chain, claim); i++) {
        authority.step();
        publisher.step(claim);
        validators.forEach(Validator::step);
        chain.pass(1);
      }
      assertEquals(Phase.VALID, Claims.phase(chain.claims.head(claim.id())));
    }
  }

  private static boolean isOver(TestChain chain, Publisher.Claim claim) {
    return Claims.phase(chain.claims.head(claim.id())).isEnd();
  }
}
