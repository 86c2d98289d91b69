package org.buildchain.language.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A regular expression as a graph of states, numbered from 0. */
final class Program {
  /** What a state does before it goes on to the next. */
  enum Op {
    /** Takes a byte of a set. */
    BYTES,
    /** Begins a group. */
    OPEN,
    /** Ends a group. */
    CLOSE,
    START,
    END,
    /** Tries the other way, and the next one if that leads nowhere. */
    REPEAT,
    /** Goes both ways, the other one first. */
    CHOICE,
    ACCEPT
  }

  /**
   * One state.
   *
   * @param op what it does
   */
  private static final class State {
    private final Op op;
    private int next;
    private int other = -1;
    private int group = -1;
    private BitSet set;

    State(Op op, int next) {
      this.op = op;
      this.next = next;
    }
  }

  private final List<State> states = new ArrayList<>();
  private final int start;

  final Op[] op;
  final int[] next;
  final int[] other;
  final int[] group;
  final BitSet[] set;

  Program(RegexNode tree) {
    start = emit(tree, add(Op.ACCEPT, -1));
    int n = states.size();
    op = new Op[n];
    next = new int[n];
    other = new int[n];
    group = new int[n];
    set = new BitSet[n];
    for (int i = 0; i < n; i++) {
      State s = states.get(i);
      op[i] = s.op;
      next[i] = s.next;
      other[i] = s.other;
      group[i] = s.group;
      set[i] = s.set;
    }
    states.clear();
  }

  int start() {
    return start;
  }

  int size() {
    return op.length;
  }

  private int add(Op kind, int to) {
    states.add(new State(kind, to));
    return states.size() - 1;
  }

  /** Adds the states of a part in front of the state {@code to}; the first of them. */
  private int emit(RegexNode node, int to) {
    return switch (node) {
      case RegexNode.Empty e -> to;
      case RegexNode.Bytes b -> {
        int at = add(Op.BYTES, to);
        states.get(at).set = b.set();
        yield at;
      }
      case RegexNode.Anchor a -> add(a.end() ? Op.END : Op.START, to);
      case RegexNode.Group g -> {
        int close = add(Op.CLOSE, to);
        states.get(close).group = g.number();
        int open = add(Op.OPEN, emit(g.body(), close));
        states.get(open).group = g.number();
        yield open;
      }
      case RegexNode.Sequence s -> {
        int at = to;
        for (RegexNode p : s.parts().reversed()) {
          at = emit(p, at);
        }
        yield at;
      }
      case RegexNode.Choice c -> {
        int at = emit(c.branches().getLast(), to);
        for (int i = c.branches().size() - 2; i >= 0; i--) {
          int choice = add(Op.CHOICE, at);
          states.get(choice).other = emit(c.branches().get(i), to);
          at = choice;
        }
        yield at;
      }
      case RegexNode.Repeat r -> repeat(r, to);
    };
  }

  private int repeat(RegexNode.Repeat r, int to) {
    int at = to;
    int copies = r.least();
    if (r.most() == RegexNode.Repeat.UNBOUNDED) {
      int loop = add(Op.REPEAT, to);
      int body = emit(r.body(), loop);
      states.get(loop).other = body;
      // a+ runs through its body, a{1,} through a copy.
      at = copies == 1 ? body : loop;
      copies = copies == 1 ? 0 : copies;
    } else {
      for (int i = r.least(); i < r.most(); i++) {
        int optional = add(Op.REPEAT, to);
        states.get(optional).other = emit(r.body(), at);
        at = optional;
      }
    }
    for (int i = 0; i < copies; i++) {
      at = emit(r.body(), at);
    }
    return at;
  }
}
