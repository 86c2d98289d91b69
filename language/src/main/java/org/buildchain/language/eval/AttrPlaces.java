package org.buildchain.language.eval;

import org.buildchain.language.syntax.Pos;

/**
 * Where the attributes of a set were defined. It is asked for seldom, and most sets are others with
 * a few attributes added: so the places of an update are those of both sides, looked through from
 * the right, rather than an array of its own. The names of all sides are those of the set.
 */
final class AttrPlaces {
  /** Sides within sides; deeper ones are made an array, so that long chains cost no more. */
  private static final int DEEPEST = 12;

  private static final Pos[] UNKNOWN = {};

  private final Symbol[] names;
  private final Pos[] positions;
  private final AttrPlaces left;
  private final AttrPlaces right;
  private final int depth;

  private AttrPlaces(
      Symbol[] names, Pos[] positions, AttrPlaces left, AttrPlaces right, int depth) {
    this.names = names;
    this.positions = positions;
    this.left = left;
    this.right = right;
    this.depth = depth;
  }

  /** Of names in the order of their numbers; both arrays are taken over. */
  static AttrPlaces of(Symbol[] names, Pos[] positions) {
    return new AttrPlaces(names, positions, null, null, 0);
  }

  /** Of names that were written nowhere. */
  static AttrPlaces unknown(Symbol[] names) {
    return of(names, UNKNOWN);
  }

  /** Of the set with these names, which are those of both sides; the right side wins. */
  static AttrPlaces updated(AttrPlaces left, AttrPlaces right, Symbol[] names) {
    int depth = Math.max(left.depth, right.depth) + 1;
    AttrPlaces both = new AttrPlaces(null, null, left, right, depth);
    return depth <= DEEPEST ? both : both.flat(names);
  }

  private AttrPlaces flat(Symbol[] all) {
    Pos[] flat = new Pos[all.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = at(all, i);
    }
    return of(all, flat);
  }

  /** The place of a set's name, given by the set's names and the position among them. */
  Pos at(Symbol[] all, int i) {
    if (all == names) {
      return positions == UNKNOWN ? Pos.NONE : positions[i];
    }
    Pos found = find(all[i]);
    return found == null ? Pos.NONE : found;
  }

  /** The place, or {@code null} if this side lacks the name. */
  private Pos find(Symbol name) {
    if (names == null) {
      Pos found = right.find(name);
      return found == null ? left.find(name) : found;
    }
    int i = Attrs.indexOf(names, name);
    return i < 0 ? null : positions == UNKNOWN ? Pos.NONE : positions[i];
  }
}
