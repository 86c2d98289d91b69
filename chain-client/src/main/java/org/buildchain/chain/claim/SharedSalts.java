package org.buildchain.chain.claim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.PublicKey;
import org.buildchain.chain.wallet.Transaction;

/**
 * The salts of reports: a secret that the validator and the claim's publisher share, so that where
 * all agree the publisher ends the claim in one transaction. It learns early whether a report
 * agrees with it, when it can't change anything any more; nobody else learns anything. Both keys
 * are found in the transactions that they signed; where the publisher's can't be, the salt is the
 * validator's alone and it reveals itself. docs/formats.md, "On the chain".
 */
public final class SharedSalts {
  private static final String PURPOSE = "report";

  private final Claims claims;
  private final Key key;
  private final Map<Word, Optional<PublicKey>> publishers = new HashMap<>();

  /** For one party's key. */
  public SharedSalts(Claims claims, Key key) {
    this.claims = claims;
    this.key = key;
  }

  /** The salt of this validator's report. */
  public Word ofReport(Word claim, long number) {
    Optional<PublicKey> publisher = publishers.get(claim);
    if (publisher == null) {
      publisher = claims.published(claim).flatMap(p -> signer(p.transaction(), p.publisher()));
      publishers.put(claim, publisher);
    }
    return publisher
        .map(p -> shared(p, claim, number))
        .orElseGet(() -> Salts.of(key, PURPOSE, subject(claim, number)));
  }

  /**
   * The salt of a validator's report about a claim of this publisher, if its key can be found.
   *
   * @param committed its {@code Committed} event
   */
  Optional<Word> ofReport(Word claim, long number, Address validator, Log committed) {
    return signer(committed.transaction(), validator).map(v -> shared(v, claim, number));
  }

  private Word shared(PublicKey other, Word claim, long number) {
    return Salts.shared(key.shared(other), PURPOSE, subject(claim, number));
  }

  private Word[] subject(Word claim, long number) {
    return new Word[] {claim, Word.of(number), claims.network().claims().word()};
  }

  private Optional<PublicKey> signer(Word transaction, Address expected) {
    return Transaction.signer(claims.node().ask("eth_getTransactionByHash", transaction.toString()))
        .filter(k -> k.address().equals(expected));
  }

  /** Whether an event is a report's commitment. */
  static boolean isCommitment(Log log, long number) {
    return log.is(ClaimsAbi.COMMITTED) && log.values(ClaimsAbi.COMMITTED).small(1) == number;
  }
}
