package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.EvalHost;

/**
 * What the answer to a whole command was computed from, for one who asks again without an
 * evaluator: while it holds, the answer is what it was. Any thread may ask.
 */
public final class Standing {
  private final Watch watch;
  private final List<Fact> recent;
  private final List<Fact> copies;
  private final List<Fact> others;

  private Standing(Watch watch, List<Fact> recent, List<Fact> copies, List<Fact> others) {
    this.watch = watch;
    this.recent = recent;
    this.copies = copies;
    this.others = others;
  }

  /**
   * What an answer of {@link Evaluator#rememberWhole} rests on, once what {@link
   * Evaluator#watching} gives has run; empty if it cannot be asked from outside.
   */
  public static Optional<Standing> of(Evaluator ev, Object key) {
    return ev.answers.standing(key);
  }

  /**
   * Of facts that are watched; empty if one of them could not be asked of another host: the time,
   * something fetched.
   */
  static Optional<Standing> of(List<Reads> facts, Watch watch) {
    if (!watch.isWhole()) {
      return Optional.empty();
    }
    // About files whose stamps told nothing yet.
    List<Fact> recent = new ArrayList<>();
    List<Fact> copies = new ArrayList<>();
    List<Fact> others = new ArrayList<>();
    for (Reads reads : facts) {
      if (!(reads instanceof Fact fact) || fact.told().isEmpty()) {
        return Optional.empty();
      }
      if (!watch.covers(fact)) {
        (fact.places().isEmpty() ? others : recent).add(fact);
      } else if (fact.hasBesides()) {
        copies.add(fact);
      }
    }
    return Optional.of(
        new Standing(watch, List.copyOf(recent), List.copyOf(copies), List.copyOf(others)));
  }

  /** Whether the world answers all as it did. */
  public boolean holds(EvalHost host) {
    // What was edited lately is edited next.
    return hold(recent, host) && watch.isUnchanged() && stand(copies, host) && hold(others, host);
  }

  private static boolean stand(List<Fact> copies, EvalHost host) {
    for (Fact copy : copies) {
      if (!copy.holdsBesides(host)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hold(List<Fact> facts, EvalHost host) {
    for (Fact fact : facts) {
      if (!fact.holdsStill(host)) {
        return false;
      }
    }
    return true;
  }
}
