package org.buildchain.language.eval;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.language.EvalHost;

/**
 * Looks at many facts about files at once. It confirms those whose places have the stamps that they
 * had when the facts last held; what it does not confirm is asked one by one.
 */
final class Watch {
  /** Confirms nothing. */
  static final Watch NONE = new Watch(List.of(), Optional.empty());

  /**
   * A fact that is watched.
   *
   * @param from its first place
   * @param to behind its last
   */
  private record Watched(Fact fact, int from, int to) {
    boolean tells(EvalHost.Stamps stamps) {
      for (int i = from; i < to; i++) {
        if (!stamps.tells(i)) {
          return false;
        }
      }
      return true;
    }

    boolean differs(BitSet differing) {
      int first = differing.nextSetBit(from);
      return first >= 0 && first < to;
    }
  }

  private final List<Watched> facts;
  private final Set<Fact> covered = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Optional<EvalHost.Stamps> stamps;
  private volatile boolean outdated;

  private Watch(List<Watched> facts, Optional<EvalHost.Stamps> stamps) {
    this.facts = facts;
    this.stamps = stamps;
    facts.forEach(f -> covered.add(f.fact()));
  }

  /** Watches those of the facts that are about files, and hold. */
  static Watch of(List<Reads> facts, EvalHost host) {
    List<EvalHost.Place> places = new ArrayList<>();
    List<Watched> candidates = new ArrayList<>();
    for (Reads reads : facts) {
      List<EvalHost.Place> of = reads instanceof Fact fact ? fact.places() : List.of();
      if (!of.isEmpty()) {
        candidates.add(new Watched((Fact) reads, places.size(), places.size() + of.size()));
        places.addAll(of);
      }
    }
    Optional<EvalHost.Stamps> stamps = host.stamps(places);
    return stamps.isEmpty() ? new Watch(List.of(), stamps) : of(candidates, stamps.get(), host);
  }

  private static Watch of(List<Watched> candidates, EvalHost.Stamps stamps, EvalHost host) {
    List<Watched> held = new ArrayList<>();
    for (Watched watched : candidates) {
      // Asked after the stamps were taken: then they are of what the fact says.
      if (watched.tells(stamps) && watched.fact().holdsStill(host)) {
        held.add(watched);
      } else {
        for (int i = watched.from(); i < watched.to(); i++) {
          stamps.ignore(i);
        }
      }
    }
    return new Watch(List.copyOf(held), Optional.of(stamps));
  }

  /** Whether it was made, and nothing has changed since. */
  boolean isWhole() {
    return this != NONE && !outdated;
  }

  /** Whether a fact holds, as far as stamps tell, while nothing has changed. */
  boolean covers(Fact fact) {
    return covered.contains(fact);
  }

  /** Whether all stamps are what they were. */
  boolean isUnchanged() {
    boolean unchanged = stamps.isPresent() && stamps.get().differing().isEmpty();
    outdated |= !unchanged;
    return unchanged;
  }

  /** Confirms what holds in a session. */
  void confirm(Session session) {
    if (stamps.isEmpty()) {
      return;
    }
    BitSet differing = stamps.get().differing();
    outdated |= !differing.isEmpty();
    for (Watched watched : facts) {
      if (!watched.differs(differing) && watched.fact().holdsBesides(session.host())) {
        watched.fact().confirm(session);
      }
    }
  }
}
