package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.realise.schedule.Signal;
import org.buildchain.derivation.realise.schedule.Turns;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * Has a derivation built by another machine, if one will. Source: {@code tryToBuild} in {@code
 * derivation-goal.cc} of Nix 2.26: others come first, this machine takes what they have no place
 * for.
 *
 * @param here whether this machine could build it
 * @param missing the outputs to be made
 */
record RemoteAttempt(
    SingleBuild build,
    Attributes attributes,
    boolean here,
    SortedSet<StorePath> closure,
    SortedSet<String> missing,
    Consumer<BuildEvent> events) {
  /** Another process of this user may have held a machine; so it is asked again. */
  private static final long POLL_MILLIS = 5000;

  /** What became of it. */
  sealed interface Result {
    /** It was built. */
    record Built(SortedMap<String, StorePath> outputs) implements Result {}

    /**
     * This machine shall build it.
     *
     * @param turn is held already, if there is one
     */
    record Here(Optional<Turns.Turn> turn) implements Result {}
  }

  /** Asks the machines. */
  Result run() throws IOException, InterruptedException {
    RemoteBuilders machines = build.settings().remote();
    RemoteBuilders.Needs needs =
        new RemoteBuilders.Needs(build.drvPath(), build.drv().system(), features());
    Set<String> refused = new HashSet<>();
    Signal freed = build.turns().freed();
    if (!here) {
      build.turns().caller().pass();
    }
    while (true) {
      long seen = freed.count();
      switch (machines.take(needs, refused, this::note)) {
        case RemoteBuilders.Answer.Unable unable -> {
          if (!here) {
            unable.why().lines().forEach(this::note);
          }
          return new Result.Here(Optional.empty());
        }
        case RemoteBuilders.Answer.Taken taken -> {
          build.turns().caller().pass();
          Optional<SortedMap<String, StorePath>> outputs = on(taken.place(), refused);
          if (outputs.isPresent()) {
            return new Result.Built(outputs.get());
          }
        }
        case RemoteBuilders.Answer.Busy _ -> {
          Optional<Turns.Turn> turn = here ? build.turns().takeIfFree() : Optional.empty();
          if (turn.isPresent()) {
            return new Result.Here(turn);
          }
          freed.await(seen, POLL_MILLIS);
        }
      }
    }
  }

  /** Not every machine builds what is addressed by its content; so Nix makes that a feature. */
  private SortedSet<String> features() {
    SortedSet<String> features = attributes.requiredSystemFeatures();
    Derivation.Kind kind = build.drv().kind();
    if (kind == Derivation.Kind.FLOATING || kind == Derivation.Kind.IMPURE) {
      features.add("ca-derivations");
    }
    return features;
  }

  /** Builds there; empty if that machine failed. */
  private Optional<SortedMap<String, StorePath>> on(RemoteBuilders.Place place, Set<String> refused)
      throws IOException, InterruptedException {
    try (place) {
      return Optional.of(buildOn(place));
    } catch (MachineFailure e) {
      note("cannot build on '" + place.machine() + "': " + e.getMessage());
      refused.add(place.machine());
      return Optional.empty();
    } finally {
      build.turns().freed().raise();
    }
  }

  /** The machine's failure, not that of the log's file here. */
  private static final class MachineFailure extends Exception {
    private static final long serialVersionUID = 1;

    MachineFailure(IOException e) {
      super(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private SortedMap<String, StorePath> buildOn(RemoteBuilders.Place place)
      throws IOException, InterruptedException, MachineFailure {
    StorePath drvPath = build.drvPath();
    events.accept(new BuildEvent.Started(drvPath, BuildMode.NORMAL, Optional.of(place.machine())));
    LogLines lines = new LogLines(drvPath, build.settings().logLines(), events);
    try (OutputStream file = build.site().logs().create(drvPath)) {
      Kept log = new Kept(lines, file);
      SortedMap<String, StorePath> outputs;
      try {
        outputs =
            place.build(
                new RemoteBuilders.Job(
                    drvPath, build.drv(), closure, missing, build.settings().limits()),
                log);
      } catch (IOException e) {
        throw new MachineFailure(e);
      }
      log.check();
      return outputs;
    }
  }

  private void note(String text) {
    events.accept(new BuildEvent.Message(build.drvPath(), text));
  }

  /** Keeps what is printed there as if it had been printed here. */
  private final class Kept implements RemoteBuilders.Log {
    private final LogLines lines;
    private final OutputStream file;
    private Optional<IOException> failure = Optional.empty();

    Kept(LogLines lines, OutputStream file) {
      this.lines = lines;
      this.file = file;
    }

    @Override
    public synchronized void line(String text) {
      byte[] bytes = Octets.bytes(text + "\n");
      lines.write(bytes, 0, bytes.length);
      try {
        file.write(bytes);
      } catch (IOException e) {
        failure = failure.or(() -> Optional.of(e));
      }
    }

    @Override
    public void phase(String name) {
      events.accept(new BuildEvent.Phase(build.drvPath(), name));
    }

    @Override
    public void note(String text) {
      for (String line : List.of(text.split("\n"))) {
        RemoteAttempt.this.note(line);
      }
    }

    synchronized void check() throws IOException {
      if (failure.isPresent()) {
        throw failure.get();
      }
    }
  }
}
