package org.buildchain.language.eval;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.EvalHost;

/** A question to the world and its answer: a leaf of {@link Reads}. */
abstract class Fact extends Reads {
  private static final Reads[] NOTHING = {};

  Fact(int session) {
    super(NOTHING, session);
  }

  /**
   * Whether the world would answer the same today.
   *
   * @throws IOException if it gives no answer: then it does not
   */
  abstract boolean holds(EvalHost host) throws IOException;

  /**
   * Question and answer in words from which {@link ToldFact} makes the fact again in another
   * process; empty if it says nothing there.
   */
  Optional<List<String>> told() {
    return Optional.empty();
  }

  @Override
  final boolean check(Session session) {
    try {
      return holds(session.host());
    } catch (IOException e) {
      return false;
    }
  }

  /** What holds in its own session only: what was said to the user, the time. */
  static final class Once extends Fact {
    Once(int session) {
      super(session);
    }

    @Override
    boolean holds(EvalHost host) {
      return false;
    }
  }
}
