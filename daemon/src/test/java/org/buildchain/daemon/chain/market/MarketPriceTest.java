package org.buildchain.daemon.chain.market;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.Market;
import org.junit.jupiter.api.Test;

/** What trades cost. */
class MarketPriceTest {
  private static final BigInteger BCT = BigInteger.TEN.pow(18);

  @Test
  void tradesCostWhatTheRuleSays() {
    Market market =
        new Market(
            Address.ZERO,
            false,
            0,
            Word.ZERO,
            BigInteger.ZERO,
            BCT,
            BCT,
            BCT,
            List.of(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO));
    BigInteger two = BCT.multiply(BigInteger.TWO);
    // ln((e^2 + 2) / 3), by bc -l; what the contract took for the same trade: 1.140932477553774812.
    assertEquals(new BigDecimal("1.140932"), MarketPrice.cost(market, Verdict.PUBLISHER, two));
  }
}
