package org.buildchain.language.eval;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.language.fetch.InputException;

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
   * The places of which it tells: while their stamps stay, it holds if {@link #holdsBesides} does.
   * None if it is about something else.
   */
  List<EvalHost.Place> places() {
    return List.of();
  }

  /** Whether there is something of which no stamp tells. */
  boolean hasBesides() {
    return false;
  }

  /** Whether what no stamp tells of holds. */
  boolean holdsBesides(EvalHost host) {
    return true;
  }

  /**
   * Question and answer in words from which {@link ToldFact} makes the fact again in another
   * process; empty if it says nothing there.
   */
  Optional<List<String>> told() {
    return Optional.empty();
  }

  @Override
  final boolean check(Session session) {
    return holdsStill(session.host());
  }

  /** As {@link #holds}; it does not where the world gives no answer. */
  final boolean holdsStill(EvalHost host) {
    try {
      return holds(host);
    } catch (IOException | InputException e) {
      return false;
    }
  }

  /** What holds in its own session only: the time, what was said to the user. */
  static class Once extends Fact {
    Once(int session) {
      super(session);
    }

    @Override
    final boolean holds(EvalHost host) {
      return false;
    }
  }

  /**
   * A message to the user. A value that came with one is used again only where it is said again.
   */
  static final class Said extends Once {
    static final String KIND = "said";

    private final long number;
    private final EvalHost.Level level;
    private final String text;

    /**
     * @param number later messages have higher ones
     */
    Said(int session, long number, EvalHost.Level level, String text) {
      super(session);
      this.number = number;
      this.level = level;
      this.text = text;
    }

    long number() {
      return number;
    }

    int length() {
      return text.length();
    }

    void again(EvalHost host) {
      host.message(level, text);
    }

    @Override
    Optional<List<String>> told() {
      return Optional.of(List.of(KIND, level.name(), text));
    }
  }
}
