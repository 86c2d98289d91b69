package org.buildchain.chain.network;

import java.math.BigInteger;
import org.buildchain.chain.contracts.Parameters;
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.contracts.Terms;

/**
 * The constants with which a deployment begins. Amounts in 10^-18 BCT, times in seconds.
 *
 * @param period seconds in a reward period
 * @param periodMint what a period mints
 * @param firstDistribution the first tokens
 * @param timeLock seconds that the owner's changes wait
 */
public record Constants(
    Rules rules,
    Terms terms,
    Parameters registry,
    long period,
    BigInteger periodMint,
    BigInteger firstDistribution,
    BigInteger timeLock) {
  private static final BigInteger BCT = BigInteger.TEN.pow(18);

  /** So many whole BCT. */
  public static BigInteger bct(long amount) {
    return BCT.multiply(BigInteger.valueOf(amount));
  }

  /**
   * For a local chain: as in the contracts' {@code Defaults}, but a claim's life takes seconds of
   * waiting in place of hours, and a jury of one validator is enough.
   *
   * @param continueBelow another validator is drawn if 32 random bits are below this
   */
  public static Constants local(long continueBelow) {
    Rules rules =
        new Rules(
            bct(500),
            BCT.divide(BigInteger.TWO),
            600,
            60,
            continueBelow,
            1,
            32,
            8,
            bct(1000),
            bct(100),
            3600,
            8,
            bct(2),
            bct(1),
            bct(140));
    Terms terms = new Terms(bct(20), bct(1), 7, 3, 20, 3, 1, 30, 30, 30);
    return new Constants(
        rules,
        terms,
        new Parameters(bct(5000), 300, 60),
        3600,
        bct(100_000),
        bct(100_000_000),
        BigInteger.valueOf(60));
  }
}
