package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers kept with what they were computed from, in the order in which they were asked for. */
final class Answers {
  private record Answer(Object value, Reads reads) {}

  private static final int EXPECTED = 16;

  private final int most;
  private final Map<Object, Answer> answers = new LinkedHashMap<>(EXPECTED, 0.75f, true);

  /**
   * @param most how many are kept
   */
  Answers(int most) {
    this.most = most;
  }

  /** The answer by that key, computed if there is none that still holds. */
  <T> T get(Object key, Supplier<T> computation) {
    return get(key, computation, false);
  }

  /** Likewise, for an answer to a whole command: what it was computed from is kept as one list. */
  <T> T whole(Object key, Supplier<T> computation) {
    return get(key, computation, true);
  }

  @SuppressWarnings("unchecked") // A key always has answers of one type.
  private <T> T get(Object key, Supplier<T> computation, boolean whole) {
    EvalThread me = EvalThread.current();
    Answer known = find(key);
    if (known != null && me.accepts(known.reads)) {
      me.note(known.reads);
      return (T) known.value;
    }
    long outerFrame = me.frame();
    int outerBase = me.begin();
    Reads read = null;
    try {
      T value = computation.get();
      read = me.end(outerBase, outerFrame);
      put(key, new Answer(value, whole ? me.flattened(read) : read));
      return value;
    } finally {
      if (read == null) {
        me.abandon(outerBase, outerFrame);
      }
    }
  }

  /**
   * The facts of a whole answer, in words for another process; empty if there is none, or one of
   * them says nothing there.
   */
  Optional<List<List<String>>> facts(Object key) {
    Answer known = find(key);
    if (known == null) {
      return Optional.empty();
    }
    List<List<String>> told = new ArrayList<>();
    for (Reads fact : known.reads.parts()) {
      Optional<List<String>> words = fact instanceof Fact f ? f.told() : Optional.empty();
      if (words.isEmpty()) {
        return Optional.empty();
      }
      told.add(words.get());
    }
    return Optional.of(told);
  }

  /** Whether there is an answer by that key, perhaps one that does not hold any more. */
  boolean has(Object key) {
    return find(key) != null;
  }

  /** Takes in an answer of another process, to be given while its facts hold. */
  void adopt(Object key, Object value, List<List<String>> facts) {
    Reads[] told = facts.stream().map(ToldFact::of).toArray(Reads[]::new);
    put(key, new Answer(value, new Reads(told, 0)));
  }

  private synchronized Answer find(Object key) {
    return answers.get(key);
  }

  private synchronized void put(Object key, Answer answer) {
    answers.put(key, answer);
    if (answers.size() > most) {
      forgetOne();
    }
  }

  /** Drops the one that was asked for longest ago; false if there is none. */
  synchronized boolean forgetOne() {
    Iterator<Object> oldest = answers.keySet().iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    oldest.next();
    oldest.remove();
    return true;
  }
}
