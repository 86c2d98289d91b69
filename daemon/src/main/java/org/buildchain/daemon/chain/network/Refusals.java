package org.buildchain.daemon.chain.network;

import java.util.Map;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.rpc.NodeException;

/** What contracts refuse, in words. */
public final class Refusals {
  private static final int SELECTOR = 10;

  /** By the beginning of what a contract gives as its reason: the hash of the error's form. */
  private static final Map<String, String> WORDS =
      Map.of(
          selector("NotNow(bytes32)"),
          "the market does not take this now: trading ends when the jury's votes are shown, and"
              + " settling begins when it has answered",
          selector("WorsePrice(uint256)"),
          "the price has become worse than the limit; nothing was traded",
          selector("BadAmount()"),
          "the market does not take this amount",
          selector("ERC20InsufficientBalance(address,uint256,uint256)"),
          "the account has too few BCT");

  private Refusals() {}

  private static String selector(String error) {
    return Keccak.hash(error).toString().substring(0, SELECTOR);
  }

  /** Why a node or a contract refused. */
  public static String explain(NodeException e) {
    return e.revertData()
        .filter(d -> d.length() >= SELECTOR)
        .map(d -> WORDS.get(d.substring(0, SELECTOR)))
        .orElse(e.getMessage());
  }
}
