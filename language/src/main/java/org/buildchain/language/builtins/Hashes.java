package org.buildchain.language.builtins;

import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/** Digests given as attributes. */
final class Hashes {
  private Hashes() {}

  /**
   * Reads a digest; an empty text means one of zeros, with a warning, so that the real one can be
   * found out.
   */
  static Hash allowEmpty(Evaluator ev, String text, Optional<HashAlgorithm> algorithm) {
    try {
      if (text.isEmpty()) {
        HashAlgorithm a =
            algorithm.orElseThrow(
                () -> EvalException.other("empty hash requires explicit hash algorithm"));
        Hash zero = new Hash(a, new byte[a.size()]);
        ev.host()
            .message(
                EvalHost.Level.WARNING,
                "found empty hash, assuming '" + zero.encode(Hash.Format.SRI) + "'");
        return zero;
      }
      return Hash.parse(text, algorithm);
    } catch (FormatException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
