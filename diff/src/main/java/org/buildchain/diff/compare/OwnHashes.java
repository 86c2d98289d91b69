package org.buildchain.diff.compare;

import java.util.Optional;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.store.format.Octets;

/**
 * The hash parts of the two outputs' own paths. Where each has its own in the same place, they say
 * the same: "my path".
 */
record OwnHashes(Optional<String> left, Optional<String> right) {
  private boolean differ() {
    return left.isPresent()
        && right.isPresent()
        && left.get().length() == right.get().length()
        && !left.equals(right);
  }

  /** Whether two texts differ in that alone. */
  boolean alike(String l, String r) {
    return differ()
        && l.length() == r.length()
        && masked(Bytes.of(Octets.bytes(l)), Bytes.of(Octets.bytes(r)))
            .filter(m -> m.octets().equals(l))
            .isPresent();
  }

  /**
   * The right file with the left one's hash wherever both have their own; empty if there is no such
   * place.
   */
  Optional<Bytes> masked(Bytes l, Bytes r) {
    if (!differ() || l.length() != r.length()) {
      return Optional.empty();
    }
    byte[] changed = null;
    int at = 0;
    while (true) {
      int next = at >= l.length() ? -1 : l.from(at).mismatch(r.from(at));
      if (next < 0) {
        break;
      }
      int differs = at + next;
      int place = place(l, r, differs, at);
      if (place < 0) {
        at = differs + 1;
        continue;
      }
      if (changed == null) {
        changed = Octets.bytes(r.octets());
      }
      System.arraycopy(Octets.bytes(left.orElseThrow()), 0, changed, place, length());
      at = place + length();
    }
    return Optional.ofNullable(changed).map(Bytes::of);
  }

  /** Where the hashes begin that cover a differing byte; -1 if there are none. */
  private int place(Bytes l, Bytes r, int differs, int least) {
    for (int from = Math.max(least, differs - length() + 1); from <= differs; from++) {
      if (l.has(from, left.orElseThrow()) && r.has(from, right.orElseThrow())) {
        return from;
      }
    }
    return -1;
  }

  private int length() {
    return left.orElseThrow().length();
  }
}
