package org.buildchain.chain.claim;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.Ending;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.wallet.Key;

/**
 * Opens, for a publisher, the reports that agree with it: the salts it shares, the output it knows,
 * and the build time it tries.
 */
public final class Endings {
  private static final int CLASS = 0x7f;

  private final Claims claims;
  private final Commitments commitments;
  private final SharedSalts salts;
  private final Map<Word, Optional<Opening>> openings = new HashMap<>();

  private record Opening(long time, Word salt) {}

  /** For a publisher's key. */
  public Endings(Claims claims, Key key) {
    this.claims = claims;
    this.commitments = new Commitments(claims.network());
    this.salts = new SharedSalts(claims, key);
  }

  /** What ends a claim now, if all reports agree with this output. */
  public Optional<Ending> of(Word claim, Head head, Word derivation, Word output, Word salt) {
    List<Object> times = new ArrayList<>();
    List<Object> hidden = new ArrayList<>();
    boolean any = false;
    for (int i = 0; i < head.reports(); i++) {
      Report report = claims.report(claim, i);
      if (report.round() != head.round()) {
        continue;
      }
      if (report.status() == Report.Status.REVEALED) {
        any = true;
        if (!report.answer().equals(Commitments.kept(output))) {
          return Optional.empty();
        }
      } else if (report.status() == Report.Status.COMMITTED) {
        any = true;
        Optional<Opening> opening = opening(claim, i, head, report, output);
        if (opening.isEmpty()) {
          return Optional.empty();
        }
        times.add(BigInteger.valueOf(opening.get().time()));
        hidden.add(opening.get().salt());
      }
    }
    return any
        ? Optional.of(new Ending(derivation, output, salt, times, hidden))
        : Optional.empty();
  }

  private Optional<Opening> opening(
      Word claim, long number, Head head, Report report, Word output) {
    Optional<Opening> known = openings.get(report.answer());
    if (known == null) {
      known = search(claim, number, head, report, output);
      openings.put(report.answer(), known);
    }
    return known;
  }

  private Optional<Opening> search(Word claim, long number, Head head, Report report, Word output) {
    Address validator = claims.validatorAt(report.slot());
    Optional<Log> committed =
        claims.history(claim).stream()
            .filter(l -> SharedSalts.isCommitment(l, number))
            .reduce((a, b) -> b);
    Optional<Word> salt = committed.flatMap(c -> salts.ofReport(claim, number, validator, c));
    // Longer than its class allows nobody has built.
    long most = claims.rules(head.rules()).buildTime() << (head.flags() & CLASS);
    return salt.flatMap(
        s ->
            LongStream.rangeClosed(0, most)
                .filter(
                    t ->
                        Commitments.kept(commitments.ofReport(claim, number, output, t, s))
                            .equals(report.answer()))
                .mapToObj(t -> new Opening(t, s))
                .findFirst());
  }
}
