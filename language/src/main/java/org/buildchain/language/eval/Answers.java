package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;

/** Answers kept with what they were computed from, in the order in which they were asked for. */
final class Answers {
  /**
   * One of them.
   *
   * @param said what the user is told whenever it is given
   * @param watch looks at its facts, once there is one
   */
  private record Answer(
      Object value, Reads reads, List<Fact.Said> said, AtomicReference<Watch> watch) {
    Answer(Object value, Reads reads, List<Fact.Said> said) {
      this(value, reads, said, new AtomicReference<>(Watch.NONE));
    }
  }

  private static final int EXPECTED = 16;

  /** The most of what was said, in bytes, that is kept with an answer. */
  private static final long MOST_SAID = 1 << 20;

  private final int most;
  private final Map<Object, Answer> answers = new LinkedHashMap<>(EXPECTED, 0.75f, true);
  // What led to the last failure of a whole answer.
  private volatile List<Reads> failed = List.of();

  /**
   * @param most how many are kept
   */
  Answers(int most) {
    this.most = most;
  }

  /** The answer by that key, computed if there is none that still holds. */
  <T> T get(Object key, Supplier<T> computation) {
    return get(key, computation, Optional.empty());
  }

  /**
   * Likewise, for an answer to a whole command: what it was computed from is kept as one list, and
   * what was said meanwhile is said again, in the same order, by way of {@code host}.
   */
  <T> T whole(Object key, EvalHost host, Supplier<T> computation) {
    return get(key, computation, Optional.of(host));
  }

  /** An answer that was taken in, as {@link #whole} gives it; empty if it does not hold. */
  @SuppressWarnings("unchecked") // A key always has answers of one type.
  <T> Optional<T> known(Object key, EvalHost host) {
    EvalThread me = EvalThread.current();
    Answer known = find(key);
    if (known == null || !me.accepts(known.reads, known.watch.get())) {
      return Optional.empty();
    }
    me.note(known.reads);
    known.said.forEach(s -> s.again(host));
    return Optional.of((T) known.value);
  }

  @SuppressWarnings("unchecked") // A key always has answers of one type.
  private <T> T get(Object key, Supplier<T> computation, Optional<EvalHost> whole) {
    EvalThread me = EvalThread.current();
    Answer known = find(key);
    if (known != null && me.accepts(known.reads, known.watch.get())) {
      me.note(known.reads);
      whole.ifPresent(host -> known.said.forEach(s -> s.again(host)));
      return (T) known.value;
    }
    long outerFrame = me.frame();
    int outerBase = me.begin();
    Reads read = null;
    try {
      T value = computation.get();
      read = me.end(outerBase, outerFrame);
      put(
          key,
          whole.isPresent() ? answer(value, me.facts(read)) : new Answer(value, read, List.of()));
      return value;
    } catch (EvalException e) {
      read = me.end(outerBase, outerFrame);
      if (whole.isPresent()) {
        failed = me.facts(read);
      }
      throw e;
    } finally {
      if (read == null) {
        me.abandon(outerBase, outerFrame);
      }
    }
  }

  /** An answer from the facts alone: quicker to check, as all of them have to hold. */
  private static Answer answer(Object value, List<? extends Reads> all) {
    List<Reads> facts = new ArrayList<>();
    List<Fact.Said> said = new ArrayList<>();
    long length = 0;
    for (Reads fact : all) {
      if (fact instanceof Fact.Said s && length + s.length() <= MOST_SAID) {
        length += s.length();
        said.add(s);
      } else {
        facts.add(fact);
      }
    }
    said.sort((a, b) -> Long.compare(a.number(), b.number()));
    return new Answer(value, new Reads(facts.toArray(Reads[]::new), 0), List.copyOf(said));
  }

  /**
   * Makes the next looks at a whole answer's facts quick, or quick again: to be run by any thread
   * when nobody waits. Empty if there is nothing to be done.
   *
   * @param host the world as it was when the answer was given
   */
  Optional<Runnable> watching(Object key, EvalHost host) {
    Answer known = find(key);
    return known == null || known.watch.get().isWhole()
        ? Optional.empty()
        : Optional.of(() -> known.watch.set(Watch.of(known.reads.parts(), host)));
  }

  /** What a whole answer rests on; empty if it is not watched, or cannot be asked from outside. */
  Optional<Standing> standing(Object key) {
    Answer known = find(key);
    return known == null ? Optional.empty() : Standing.of(known.reads.parts(), known.watch.get());
  }

  /**
   * The facts of a whole answer, in words for another process; empty if there is none, or one of
   * them says nothing there.
   */
  Optional<List<List<String>>> facts(Object key) {
    Answer known = find(key);
    return known == null ? Optional.empty() : told(known);
  }

  /** Likewise, of what led to the last failure of a whole answer. */
  Optional<List<List<String>>> factsOfFailure() {
    return told(answer(this, failed));
  }

  private static Optional<List<List<String>>> told(Answer known) {
    List<List<String>> told = new ArrayList<>();
    for (Reads fact : known.reads.parts()) {
      // What was too much to be said again makes an answer that never holds.
      Optional<List<String>> words =
          fact instanceof Fact f && !(f instanceof Fact.Said) ? f.told() : Optional.empty();
      if (words.isEmpty()) {
        return Optional.empty();
      }
      told.add(words.get());
    }
    known.said.forEach(s -> s.told().ifPresent(told::add));
    return Optional.of(told);
  }

  /** Whether there is an answer by that key, perhaps one that does not hold any more. */
  boolean has(Object key) {
    return find(key) != null;
  }

  /** Takes in an answer of another process, to be given while its facts hold. */
  void adopt(Object key, Object value, List<List<String>> facts) {
    List<Reads> told = new ArrayList<>(facts.size());
    for (List<String> words : facts) {
      told.add(ToldFact.of(words, told.size()));
    }
    put(key, answer(value, told));
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

  /** How many are kept. */
  synchronized int count() {
    return answers.size();
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
