package org.buildchain.language.regex;

import java.util.BitSet;
import java.util.List;

/** A part of a regular expression. */
sealed interface RegexNode {
  /** Matches the empty string. */
  record Empty() implements RegexNode {}

  /** Matches one byte of a set. The set is not to be changed. */
  record Bytes(BitSet set) implements RegexNode {}

  /** {@code ^} or {@code $}. */
  record Anchor(boolean end) implements RegexNode {}

  /** {@code (…)}; groups are counted from 0 by their opening parentheses. */
  record Group(int number, RegexNode body) implements RegexNode {}

  /** One after the other. */
  record Sequence(List<RegexNode> parts) implements RegexNode {}

  /** {@code a|b}. */
  record Choice(List<RegexNode> branches) implements RegexNode {}

  /** Repetitions: {@code most} is negative where there is no bound. */
  record Repeat(RegexNode body, int least, int most) implements RegexNode {
    static final int UNBOUNDED = -1;
  }

  /**
   * How many states libstdc++ makes for it, those apart that {@code {m,n}} leaves unused; at most
   * {@code limit + 1}.
   */
  default long states(long limit) {
    long n =
        switch (this) {
          case Empty e -> 1;
          case Bytes b -> 1;
          case Anchor a -> 1;
          case Group g -> 2 + g.body().states(limit);
          case Sequence s -> {
            long sum = 1;
            for (RegexNode p : s.parts()) {
              sum = Math.min(limit + 1, sum + p.states(limit));
            }
            yield sum;
          }
          case Choice c -> {
            long sum = 0;
            for (RegexNode b : c.branches()) {
              sum = Math.min(limit + 1, sum + 2 + b.states(limit));
            }
            yield sum;
          }
          case Repeat r -> {
            long times = Math.max(1, r.most() == Repeat.UNBOUNDED ? r.least() + 1L : r.most());
            yield 1 + times * (1 + r.body().states(limit));
          }
        };
    return Math.min(limit + 1, n);
  }
}
