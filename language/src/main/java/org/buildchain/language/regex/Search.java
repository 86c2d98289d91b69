package org.buildchain.language.regex;

import java.util.Arrays;
import org.buildchain.language.eval.EvalThread;

/**
 * Runs a program over one text as libstdc++ does: depth first, with groups as they are on the first
 * of the ways that reach furthest. A repetition that has found a way doesn't look for a longer one
 * with fewer rounds, a choice does; a round that takes nothing is gone through twice at most. What
 * is known of a state and a place is not computed again, so that the time is bounded.
 */
final class Search {
  /** The search takes too long or too much: another way has to be found. */
  static final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1;

    GivenUp() {
      super(null, null, false, false);
    }
  }

  private static final int MAX_DEPTH = 50_000;
  private static final int NONE = -1;

  private final Program program;
  private final String text;
  private final int[] begun;
  private final int[] ended;
  private final int[] found;
  // For each place what is known of its states: 0 nothing, else the end that is reached, plus 2.
  private final int[][] known;
  // Where each repetition began its last rounds, and how many of them.
  private final int[] roundAt;
  private final int[] rounds;
  private final long maxSteps;

  private int lastKnown;
  private int start;
  private int best;
  private int depth;
  private long steps;
  private boolean exact;
  private boolean notEmpty;
  private boolean begins;

  Search(Program program, int groups, String text) {
    this.program = program;
    this.text = text;
    begun = new int[groups];
    ended = new int[groups];
    found = new int[2 * groups];
    known = new int[text.length() + 1][];
    roundAt = new int[program.size()];
    rounds = new int[program.size()];
    maxSteps = 1_000_000 + 64L * program.size() * (text.length() + 1);
    Arrays.fill(begun, NONE);
    Arrays.fill(ended, NONE);
  }

  /** Whether all of the text matches. */
  boolean matches() {
    exact = true;
    begins = true;
    return attempt(0);
  }

  /**
   * Looks for a match from a place on.
   *
   * @param isBegin whether {@code ^} matches at that place
   */
  boolean find(int from, boolean isBegin) {
    begins = isBegin;
    for (int i = from; i <= text.length(); i++) {
      if (attempt(i)) {
        forget();
        return true;
      }
      begins = false;
    }
    return false;
  }

  /** Looks for a match right at a place that is not empty. */
  boolean findSomethingAt(int from, boolean isBegin) {
    forget();
    begins = isBegin;
    notEmpty = true;
    boolean is = attempt(from);
    notEmpty = false;
    forget();
    return is;
  }

  private boolean attempt(int from) {
    start = from;
    best = NONE;
    lastKnown = Math.max(lastKnown, from);
    visit(program.start(), from, 0);
    return best != NONE;
  }

  /** What was known holds for one match only. */
  private void forget() {
    Arrays.fill(known, Math.min(start, lastKnown), lastKnown + 1, null);
    lastKnown = 0;
  }

  /** Where the last match began. */
  int start() {
    return start;
  }

  /** Where the last match ended. */
  int end() {
    return best;
  }

  /** Begin and end of each group in the last match, -1 for those that took no part. */
  int[] groups() {
    return found.clone();
  }

  /**
   * The furthest end that is reached from a state, or NONE.
   *
   * @param open how many repetitions have begun a round at this very place
   */
  private int visit(int from, int place, int open) {
    if (++depth > MAX_DEPTH || ++steps > maxSteps) {
      throw new GivenUp();
    }
    if ((steps & 0xfff) == 0) {
      EvalThread.poll();
    }
    int reached = go(from, place, open);
    depth--;
    return reached;
  }

  private int go(int from, int place, int open) {
    int state = from;
    int at = place;
    int opened = open;
    while (true) {
      switch (program.op[state]) {
        case BYTES -> {
          if (at == text.length() || !program.set[state].get(text.charAt(at))) {
            return NONE;
          }
          at++;
          opened = 0;
        }
        case START -> {
          if (!begins || at != start) {
            return NONE;
          }
        }
        case END -> {
          if (at != text.length()) {
            return NONE;
          }
        }
        case OPEN -> {
          int g = program.group[state];
          int old = begun[g];
          begun[g] = at;
          int reached = visit(program.next[state], at, opened);
          begun[g] = old;
          return reached;
        }
        case CLOSE -> {
          int g = program.group[state];
          int old = ended[g];
          ended[g] = at;
          int reached = visit(program.next[state], at, opened);
          ended[g] = old;
          return reached;
        }
        case ACCEPT -> {
          return accept(at);
        }
        case REPEAT, CHOICE -> {
          return branch(state, at, opened);
        }
      }
      state = program.next[state];
    }
  }

  private int accept(int at) {
    if ((exact && at != text.length()) || (notEmpty && at == start)) {
      return NONE;
    }
    if (at > best) {
      best = at;
      for (int g = 0; g < ended.length; g++) {
        found[2 * g] = ended[g] == NONE ? NONE : begun[g];
        found[2 * g + 1] = ended[g];
      }
    }
    return at;
  }

  private int branch(int state, int at, int open) {
    int[] here = known[at];
    if (open == 0 && here != null && here[state] != 0) {
      return here[state] - 2;
    }
    int reached;
    if (program.op[state] == Program.Op.REPEAT) {
      reached = again(state, at, open);
      if (reached == NONE) {
        reached = visit(program.next[state], at, open);
      }
    } else {
      reached = visit(program.other[state], at, open);
      if (reached != text.length() && (!exact || reached == NONE)) {
        reached = Math.max(reached, visit(program.next[state], at, open));
      }
    }
    if (open == 0) {
      remember(state, at, reached);
    }
    return reached;
  }

  private void remember(int state, int at, int reached) {
    if (known[at] == null) {
      known[at] = new int[program.size()];
      lastKnown = Math.max(lastKnown, at);
    }
    known[at][state] = reached + 2;
  }

  private int again(int state, int at, int open) {
    int oldAt = roundAt[state];
    int oldRounds = rounds[state];
    boolean fresh = oldRounds == 0 || oldAt != at;
    if (!fresh && oldRounds == 2) {
      return NONE;
    }
    roundAt[state] = at;
    rounds[state] = fresh ? 1 : 2;
    int reached = visit(program.other[state], at, fresh ? open + 1 : open);
    roundAt[state] = oldAt;
    rounds[state] = oldRounds;
    return reached;
  }
}
