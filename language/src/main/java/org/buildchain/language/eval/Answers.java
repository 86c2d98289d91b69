package org.buildchain.language.eval;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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
  @SuppressWarnings("unchecked") // A key always has answers of one type.
  <T> T get(Object key, Supplier<T> computation) {
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
      put(key, new Answer(value, read));
      return value;
    } finally {
      if (read == null) {
        me.abandon(outerBase, outerFrame);
      }
    }
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
