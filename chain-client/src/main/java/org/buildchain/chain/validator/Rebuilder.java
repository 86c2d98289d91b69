package org.buildchain.chain.validator;

import java.util.Locale;
import org.buildchain.chain.abi.Word;

/** Rebuilds derivations. */
public interface Rebuilder {
  /**
   * What came out.
   *
   * @param output digest of the outputs' CID
   * @param seconds that the build took
   */
  record Rebuilt(Word output, long seconds) {}

  /** Why a derivation isn't built here. */
  enum Reason {
    /** It is for another system. */
    SYSTEM,
    /** It requires features that this machine doesn't have. */
    FEATURES,
    /** It is larger than this machine takes. */
    SIZE,
    /** It takes longer than there is, or than this machine spends on a build. */
    TIME,
    /** Too much is being built already. */
    LOAD,
    /** Its build fails, or it is no derivation. */
    BUILD;

    /** In small letters. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Thrown when a derivation can't or won't be built here; the message says why. */
  final class Declined extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /** Says why in both ways: for statistics, and in words for people. */
    public Declined(Reason reason, String text) {
      super(text);
      this.reason = reason;
    }

    /** Which of the reasons it is. */
    public Reason reason() {
      return reason;
    }
  }

  /**
   * Builds a derivation from its inputs, whatever outputs of it are known.
   *
   * @param derivation digest of the CID of its {@code .drv}
   * @param seconds that there are
   * @throws Declined if this machine can't or won't
   */
  Rebuilt rebuild(Word derivation, long seconds) throws Declined, InterruptedException;
}
