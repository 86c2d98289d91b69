package org.buildchain.daemon.remote;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;

/**
 * The machines of one caller's setting {@code builders}. Of those that can build something and have
 * a place free, the one with the least load for its speed is taken. Source: {@code build-remote.cc}
 * of Nix 2.26.
 *
 * <p>Threat: a machine is believed what it says of the outputs of input-addressed derivations, as
 * whoever names it in the settings wants it to be; of content-addressed ones it is not. An
 * untrusted client of this daemon can name none.
 */
public final class RemoteMachines implements RemoteBuilders {
  /** Stores an object from its NAR. */
  @FunctionalInterface
  public interface Importer {
    /** Stores it, held to what is said of it. */
    void add(ForeignObject said, InputStream nar) throws IOException;
  }

  private final List<Machine> machines;
  private final boolean substitutes;
  private final Map<String, String> environment;
  private final Store store;
  private final Importer importer;
  private final MachinesInUse inUse;

  /**
   * @param environment for {@code ssh}
   * @throws FormatException if the setting can't be read
   */
  public RemoteMachines(
      Settings settings,
      Map<String, String> environment,
      Store store,
      Importer importer,
      MachinesInUse inUse) {
    this.machines = Machine.parse(settings.text("builders"), settings.text("system"));
    this.substitutes = settings.flag("builders-use-substitutes");
    this.environment = new TreeMap<>(environment);
    // Nobody sits there who could be asked for a password.
    this.environment.keySet().removeAll(Set.of("DISPLAY", "SSH_ASKPASS"));
    this.store = store;
    this.importer = importer;
    this.inUse = inUse;
  }

  @Override
  public int places() {
    return (int) Math.min(4096, machines.stream().mapToLong(Machine::jobs).sum());
  }

  @Override
  public Answer take(Needs needs, Set<String> refused, Consumer<String> notes)
      throws InterruptedException {
    while (true) {
      List<Machine> able =
          machines.stream()
              .filter(m -> !refused.contains(m.url()))
              .filter(m -> m.suits(needs.system(), needs.features()))
              .toList();
      if (able.isEmpty()) {
        return new Answer.Unable(machines.isEmpty() ? "" : unable(needs));
      }
      Optional<Machine> best = begin(able);
      if (best.isEmpty()) {
        return new Answer.Busy();
      }
      Machine machine = best.get();
      Optional<Place> place = Optional.empty();
      try {
        place = Optional.of(connect(machine));
        return new Answer.Taken(place.get());
      } catch (IOException | FormatException | StoreException e) {
        notes.accept("cannot build on '" + machine.url() + "': " + e.getMessage());
        refused.add(machine.url());
      } finally {
        if (place.isEmpty()) {
          inUse.end(machine.url());
        }
      }
    }
  }

  /** Takes a place on the best machine that has one. */
  private Optional<Machine> begin(List<Machine> able) {
    synchronized (inUse) {
      Optional<Machine> best = Optional.empty();
      for (Machine m : able) {
        if (inUse.load(m.url()) < m.jobs() && (best.isEmpty() || isBetter(m, best.get()))) {
          best = Optional.of(m);
        }
      }
      best.ifPresent(m -> inUse.begin(m.url()));
      return best;
    }
  }

  private boolean isBetter(Machine a, Machine b) {
    int loadA = inUse.load(a.url());
    int loadB = inUse.load(b.url());
    int byShare = Float.compare(loadA / a.speed(), loadB / b.speed());
    if (byShare != 0) {
      return byShare < 0;
    }
    int bySpeed = Float.compare(a.speed(), b.speed());
    return bySpeed > 0 || (bySpeed == 0 && loadA < loadB);
  }

  private Place connect(Machine machine) throws IOException, InterruptedException {
    RemoteBuild build = new RemoteBuild(machine, environment, substitutes, store, importer, inUse);
    try {
      build.connect();
      return build;
    } catch (BuildException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private String unable(Needs needs) {
    return "warning: Failed to find a machine for remote build!\n"
        + "derivation: "
        + needs.drvPath()
        + "\nrequired (system, features): ("
        + needs.system()
        + ", ["
        + String.join(", ", needs.features())
        + "])\n"
        + machines.size()
        + " available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n"
        + machines.stream().map(Machine::describe).collect(joining("\n"));
  }
}
