package org.buildchain.language.eval;

import java.util.Arrays;
import java.util.Optional;
import org.buildchain.language.syntax.Pos;

/**
 * An attribute set: names with values, in two arrays ordered by the symbols' numbers, and the
 * places of their definitions. Values may be thunks. Immutable from the outside.
 */
public final class Attrs implements Value {
  /** The set without attributes. */
  public static final Attrs EMPTY = of(new Symbol[0], new Value[0]);

  private final Symbol[] names;
  private final Value[] values;
  private final AttrPlaces places;
  private final Pos place;
  private int[] byName;

  /** Takes over the arrays, which must be ordered by symbol number, each symbol once. */
  private Attrs(Symbol[] names, Value[] values, AttrPlaces places) {
    this(names, values, places, Pos.NONE);
  }

  private static Attrs of(Symbol[] names, Value[] values) {
    return new Attrs(names, values, AttrPlaces.unknown(names));
  }

  /** Likewise; {@code place} is where the set was written. */
  Attrs(Symbol[] names, Value[] values, AttrPlaces places, Pos place) {
    this.place = place;
    this.names = names;
    this.values = values;
    this.places = places;
  }

  /** Where the set was written, if it was. */
  Pos place() {
    return place;
  }

  /** The number of attributes. */
  public int size() {
    return names.length;
  }

  /** The name at a position of the inner order. */
  public Symbol name(int i) {
    return names[i];
  }

  /** The value at a position of the inner order, perhaps a thunk. */
  public Value value(int i) {
    return values[i];
  }

  /** Where the attribute at a position of the inner order was defined. Not for hot code. */
  public Pos pos(int i) {
    return places.at(names, i);
  }

  /** The position of a name in the inner order, or a negative number. */
  public int indexOf(Symbol name) {
    return indexOf(names, name);
  }

  /** Likewise, among names in ascending order of their numbers. */
  static int indexOf(Symbol[] names, Symbol name) {
    int id = name.id();
    int low = 0;
    int high = names.length - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = names[mid].id();
      if (c < id) {
        low = mid + 1;
      } else if (c > id) {
        high = mid - 1;
      } else {
        return mid;
      }
    }
    return -1;
  }

  /** The value of a name, perhaps a thunk, or {@code null} if there is none (this is hot). */
  public Value get(Symbol name) {
    int i = indexOf(name);
    return i < 0 ? null : values[i];
  }

  /** Whether there is such a name. */
  public boolean has(Symbol name) {
    return indexOf(name) >= 0;
  }

  /** The positions of the inner order in ascending order of the names' bytes; not to be changed. */
  public int[] byName() {
    int[] sorted = byName;
    if (sorted == null) {
      sorted = new int[names.length];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = i;
      }
      sort(sorted, sorted.clone(), 0, sorted.length);
      byName = sorted;
    }
    return sorted;
  }

  /** Merge sort by names, boxing nothing; {@code from} holds the same as {@code to} at first. */
  private void sort(int[] to, int[] from, int start, int end) {
    if (end - start < 7) {
      for (int i = start + 1; i < end; i++) {
        int moved = to[i];
        int j = i - 1;
        for (; j >= start && names[to[j]].compareName(names[moved]) > 0; j--) {
          to[j + 1] = to[j];
        }
        to[j + 1] = moved;
      }
      return;
    }
    int middle = (start + end) >>> 1;
    sort(from, to, start, middle);
    sort(from, to, middle, end);
    int i = start;
    int j = middle;
    for (int k = start; k < end; k++) {
      boolean left = j >= end || (i < middle && names[from[i]].compareName(names[from[j]]) <= 0);
      to[k] = left ? from[i++] : from[j++];
    }
  }

  /** The values in the inner order; not to be changed. */
  Value[] values() {
    return values;
  }

  /** The values in ascending order of the names' bytes, in an array of the caller's own. */
  public Value[] valuesByName() {
    int[] order = byName();
    Value[] out = new Value[order.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[order[i]];
    }
    return out;
  }

  /** These attributes with {@code right}'s added; {@code right}'s win. Both have these symbols. */
  Attrs update(Attrs right, Symbols symbols) {
    if (right.names.length == 0) {
      return this;
    }
    if (names.length == 0) {
      return right;
    }
    int[] at = places(right.names);
    int common = 0;
    for (int p : at) {
      common += p < 0 ? 0 : 1;
    }
    return common == at.length ? replaced(right, at) : merged(right, at, common, symbols);
  }

  /** For each of ascending names its position here or, where it is missing, {@code ~} of it. */
  private int[] places(Symbol[] others) {
    int[] at = new int[others.length];
    int n = names.length;
    boolean few = others.length * 8L < n;
    int p = 0;
    for (int j = 0; j < others.length; j++) {
      int id = others[j].id();
      if (few) {
        int high = n;
        while (p < high) {
          int mid = (p + high) >>> 1;
          if (names[mid].id() < id) {
            p = mid + 1;
          } else {
            high = mid;
          }
        }
      } else {
        while (p < n && names[p].id() < id) {
          p++;
        }
      }
      at[j] = p < n && names[p] == others[j] ? p : ~p;
    }
    return at;
  }

  /** An update by names that are all here: the result shares the array of names. */
  private Attrs replaced(Attrs right, int[] at) {
    Value[] vs = values.clone();
    for (int j = 0; j < at.length; j++) {
      vs[at[j]] = right.values[j];
    }
    return new Attrs(names, vs, AttrPlaces.updated(places, right.places, names));
  }

  private Attrs merged(Attrs right, int[] at, int common, Symbols symbols) {
    int size = names.length + at.length - common;
    Symbol[] ns = new Symbol[size];
    Value[] vs = new Value[size];
    int from = 0;
    int to = 0;
    for (int j = 0; j <= at.length; j++) {
      int end = j == at.length ? names.length : at[j] < 0 ? ~at[j] : at[j];
      int run = end - from;
      System.arraycopy(names, from, ns, to, run);
      System.arraycopy(values, from, vs, to, run);
      to += run;
      if (j < at.length) {
        ns[to] = right.names[j];
        vs[to++] = right.values[j];
        from = at[j] < 0 ? end : end + 1;
      }
    }
    ns = symbols.shared(ns);
    return new Attrs(ns, vs, AttrPlaces.updated(places, right.places, ns));
  }

  /** A set with the same names, whose places nobody knows; the array is taken over. */
  public Attrs with(Value[] others) {
    return of(names, others);
  }

  @Override
  public String described() {
    return "a set";
  }

  /** Collects attributes in any order. Not thread-safe. */
  public static final class Builder {
    private Symbol[] names;
    private Value[] values;

    // Made when a place comes that is known.
    private Pos[] positions;
    private int size;
    private boolean ordered = true;

    /** A builder with room for {@code capacity} attributes. */
    public Builder(int capacity) {
      names = new Symbol[capacity];
      values = new Value[capacity];
    }

    /** Adds an attribute without a place. */
    public Builder put(Symbol name, Value value) {
      return put(name, value, Pos.NONE);
    }

    /** Adds an attribute. A name that comes twice keeps the value that came first. */
    public Builder put(Symbol name, Value value, Pos pos) {
      if (size == names.length) {
        int capacity = Math.max(8, size * 2);
        names = Arrays.copyOf(names, capacity);
        values = Arrays.copyOf(values, capacity);
        positions = positions == null ? null : Arrays.copyOf(positions, capacity);
      }
      ordered &= size == 0 || names[size - 1].id() < name.id();
      names[size] = name;
      values[size] = value;
      if (positions == null && pos.isKnown()) {
        positions = new Pos[names.length];
        Arrays.fill(positions, 0, size, Pos.NONE);
      }
      if (positions != null) {
        positions[size] = pos;
      }
      size++;
      return this;
    }

    /** The set. The builder must not be used any more. */
    public Attrs build() {
      return build(Optional.empty());
    }

    /** Likewise, where other sets may have attributes of the same names. */
    public Attrs build(Symbols symbols) {
      return build(Optional.of(symbols));
    }

    private Attrs build(Optional<Symbols> symbols) {
      if (size == 0) {
        return EMPTY;
      }
      if (!ordered) {
        sort();
      }
      Symbol[] cut = cut(names);
      Symbol[] ns = symbols.isPresent() ? symbols.get().shared(cut) : cut;
      Value[] vs = cut(values);
      return positions == null ? of(ns, vs) : new Attrs(ns, vs, AttrPlaces.of(ns, cut(positions)));
    }

    private <T> T[] cut(T[] all) {
      return all.length == size ? all : Arrays.copyOf(all, size);
    }

    private void sort() {
      long[] keys = new long[size];
      for (int i = 0; i < size; i++) {
        keys[i] = ((long) names[i].id() << 32) | i;
      }
      Arrays.sort(keys);
      Symbol[] ns = new Symbol[size];
      Value[] vs = new Value[size];
      Pos[] ps = positions == null ? null : new Pos[size];
      int k = 0;
      for (long key : keys) {
        int i = (int) key;
        if (k > 0 && ns[k - 1] == names[i]) {
          continue;
        }
        ns[k] = names[i];
        vs[k] = values[i];
        if (ps != null) {
          ps[k] = positions[i];
        }
        k++;
      }
      names = ns;
      values = vs;
      positions = ps;
      size = k;
    }
  }
}
