package org.buildchain.daemon.explorer;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.index.LogSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the page is made from besides logs. Methods that ask the chain's node throw {@link
 * org.buildchain.chain.rpc.NodeException} if that can't be reached.
 */
public interface ExplorerSource {
  /** The chain's logs. */
  LogSource logs();

  /** What names the chain: its node, number and contracts, in this order. */
  Map<String, String> network();

  /** A derivation's name, where it is known here: {@code hello-1.0}. */
  Optional<String> nameOf(Word derivation);

  /** All tokens, in 10^-18 BCT. Asks the node. */
  BigInteger supply();

  /** Seconds in a reward period; periods count from 1970. Asks the node. */
  long periodLength();

  /** What a period mints at most, in 10^-18 BCT. Asks the node. */
  BigInteger periodAmount(long period);

  /** Build time credited to all in a period, in seconds. Asks the node. */
  long periodCredit(long period);

  /**
   * What a dispute's evidence says, as docs/formats.md describes it: {@code problem} in place of
   * the rest if it can't be read. May ask gateways.
   */
  ObjectNode evidence(Word digest);
}
