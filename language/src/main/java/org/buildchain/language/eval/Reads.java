package org.buildchain.language.eval;

import java.util.List;

/**
 * What a value was computed from: facts about the world, joined as computations joined them. A
 * graph without cycles, shared as widely as the values are; its leaves are {@link Fact}s. A value
 * may be used again, in a later {@link Session}, while all of its facts hold.
 *
 * <p>After "verifying traces" in A. Mokhov, N. Mitchell, S. Peyton Jones, Build Systems à la Carte
 * (ICFP 2018), section 4.2.2, with sessions in the place of their runs.
 */
class Reads {
  /** Of a value that nothing outside the evaluation had a part in. */
  static final Reads NONE = new Reads(new Reads[0], 0);

  private final Reads[] parts;

  /**
   * The frame that noted this last, see {@link EvalThread#note}. A lost update costs a duplicate.
   */
  long mark;

  // The last session in which this was found to hold, and not to. Threads that write the same field
  // write the same finding.
  private int confirmed;
  private int refuted;

  Reads(Reads[] parts, int session) {
    this.parts = parts;
    this.confirmed = session;
  }

  /** Whether all facts hold in a session; each is looked at once. */
  final boolean hold(Session session) {
    if (confirmed == session.id()) {
      return true;
    }
    if (refuted == session.id()) {
      return false;
    }
    boolean holds = check(session);
    if (holds) {
      confirmed = session.id();
    } else {
      refuted = session.id();
    }
    return holds;
  }

  /** Says that all facts were just found to hold. */
  final void confirm(Session session) {
    confirmed = session.id();
  }

  final boolean isConfirmed(Session session) {
    return confirmed == session.id();
  }

  boolean check(Session session) {
    for (Reads part : parts) {
      if (!part.hold(session)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Adds the facts below, each once.
   *
   * @param by marks what has been seen; no frame and no other gathering has it
   */
  final void gather(long by, List<Reads> facts) {
    if (mark == by) {
      return;
    }
    mark = by;
    if (this instanceof Fact) {
      facts.add(this);
      return;
    }
    for (Reads part : parts) {
      part.gather(by, facts);
    }
  }

  /** The parts of one that joins others. */
  final List<Reads> parts() {
    return List.of(parts);
  }

  /** Marks what is directly below, if that is not much: whoever has this needs none of it. */
  final void markParts(long by) {
    if (parts.length <= 32) {
      for (Reads part : parts) {
        part.mark = by;
      }
    }
  }
}
