package org.buildchain.derivation.realise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.derivation.site.BuildEvent;

/**
 * Those who follow one build. Who comes late is told what has happened before. Each takes events in
 * a thread of their own; one who stops taking them, as a program that is suspended does, misses
 * some and holds up nobody who does.
 */
final class Audience {
  /** Events kept for those who come later, and for each who is behind. */
  private static final int BACKLOG = 5000;

  private final List<BuildEvent> backlog = new ArrayList<>();
  private final List<Seat> seats = new ArrayList<>();
  private boolean over;

  /** What one of them has still to be told. */
  final class Seat {
    private final Deque<BuildEvent> waiting = new ArrayDeque<>();

    private boolean isFull() {
      return waiting.size() >= BACKLOG;
    }

    /** Waits for the next event; empty after the last. */
    private Optional<BuildEvent> next() throws InterruptedException {
      synchronized (Audience.this) {
        while (waiting.isEmpty() && !over) {
          Audience.this.wait();
        }
        Optional<BuildEvent> event = Optional.ofNullable(waiting.poll());
        Audience.this.notifyAll();
        return event;
      }
    }

    /** Takes all events until the last. */
    void follow(Consumer<BuildEvent> listener) throws InterruptedException {
      for (Optional<BuildEvent> event; (event = next()).isPresent(); ) {
        listener.accept(event.get());
      }
    }

    /**
     * Takes no more.
     *
     * @return whether nobody is left
     */
    boolean leave() {
      synchronized (Audience.this) {
        seats.remove(this);
        Audience.this.notifyAll();
        return seats.isEmpty();
      }
    }
  }

  synchronized Seat join() {
    Seat seat = new Seat();
    seat.waiting.addAll(backlog);
    seats.add(seat);
    notifyAll();
    return seat;
  }

  /** Tells all. An interrupt is kept for later. */
  synchronized void tell(BuildEvent event) {
    if (backlog.size() < BACKLOG) {
      backlog.add(event);
    }
    boolean interrupted = false;
    while (!seats.isEmpty() && seats.stream().allMatch(Seat::isFull)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (Seat seat : seats) {
      if (!seat.isFull()) {
        seat.waiting.add(event);
      }
    }
    notifyAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** There are no more events. */
  synchronized void end() {
    over = true;
    notifyAll();
  }
}
