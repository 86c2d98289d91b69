package org.buildchain.language.eval;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.store.path.StorePath;

/**
 * What a string refers to. Immutable; the empty one is shared, so that strings without context cost
 * nothing. Source: Nix manual, "String context".
 */
public final class Context {
  /** No references. */
  public static final Context EMPTY = new Context(Set.of());

  private final Set<Element> elements;

  private Context(Set<Element> elements) {
    this.elements = elements;
  }

  /** One reference. Ordered by path, then kind, then output. */
  public sealed interface Element extends Comparable<Element> {
    /** The store path that it is about. */
    StorePath path();

    /** As {@code unsafeGetContext} and messages write it. */
    String encode();

    @Override
    default int compareTo(Element o) {
      return encode().compareTo(o.encode());
    }
  }

  /** A store object as it is. */
  public record Opaque(StorePath path) implements Element {
    // Written out, here and below: see RecordingHost.Key.
    @Override
    public boolean equals(Object o) {
      return o instanceof Opaque other && path.equals(other.path);
    }

    @Override
    public int hashCode() {
      return path.hashCode();
    }

    @Override
    public String encode() {
      return path.toString();
    }
  }

  /** A derivation with its whole closure and all outputs ({@code drvPath}). */
  public record DrvDeep(StorePath path) implements Element {
    @Override
    public String encode() {
      return "=" + path;
    }
  }

  /** An output of a derivation. */
  public record Built(StorePath path, String output) implements Element {
    @Override
    public boolean equals(Object o) {
      return o instanceof Built other && path.equals(other.path) && output.equals(other.output);
    }

    @Override
    public int hashCode() {
      return 31 * path.hashCode() + output.hashCode();
    }

    @Override
    public String encode() {
      return "!" + output + "!" + path;
    }
  }

  /**
   * An output of a derivation that is itself an output.
   *
   * @param derivation a {@link Built} or {@code Computed} output
   */
  public record Computed(Element derivation, String output) implements Element {
    /** The path of the derivation that is known. */
    @Override
    public StorePath path() {
      return derivation.path();
    }

    @Override
    public String encode() {
      return "!" + output + derivation.encode();
    }
  }

  /** A context of one element. */
  public static Context of(Element e) {
    return new Context(Set.of(e));
  }

  /** A context of these elements. */
  public static Context of(Set<Element> elements) {
    return elements.isEmpty() ? EMPTY : new Context(Set.copyOf(elements));
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return elements.isEmpty();
  }

  /** The elements, in no order. */
  public Set<Element> elements() {
    return elements;
  }

  /** The elements in order. */
  public TreeSet<Element> sorted() {
    return new TreeSet<>(elements);
  }

  /** Both together. */
  public Context plus(Context o) {
    if (o.elements.isEmpty() || o == this) {
      return this;
    }
    if (elements.isEmpty()) {
      return o;
    }
    if (elements.containsAll(o.elements)) {
      return this;
    }
    Set<Element> all = new HashSet<>(elements);
    all.addAll(o.elements);
    return new Context(all);
  }

  /** Joins any number of contexts in time linear in their sizes. Not thread-safe. */
  public static final class Builder {
    private Context first = EMPTY;
    private Set<Element> all;

    /** Adds what {@code c} refers to. */
    public void add(Context c) {
      if (c.isEmpty() || c == first) {
        return;
      }
      if (all != null) {
        all.addAll(c.elements);
      } else if (first.isEmpty()) {
        first = c;
      } else {
        all = new HashSet<>(first.elements);
        all.addAll(c.elements);
      }
    }

    /** What was added so far. */
    public Context build() {
      return all == null ? first : new Context(Set.copyOf(all));
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Context c && c.elements.equals(elements);
  }

  @Override
  public int hashCode() {
    return elements.hashCode();
  }

  @Override
  public String toString() {
    return sorted().toString();
  }
}
