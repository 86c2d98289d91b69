package org.buildchain.derivation.site;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.store.path.StorePath;

/**
 * What happens while derivations are realised. For each derivation: {@code Started}, any number of
 * {@code LogLine}, {@code Phase} and {@code Message}, then {@code Finished} or {@code Failed}; only
 * the last where it turned out that there was nothing to do.
 */
public sealed interface BuildEvent {
  /** What will be built, each derivation after its inputs. Comes first, and once for each call. */
  record Planned(List<StorePath> derivations) implements BuildEvent {}

  /** What will be fetched, each path after what it refers to. Comes before what is built. */
  record Fetching(List<Substituter.Offer> offers) implements BuildEvent {}

  /** Something to tell the user that belongs to no derivation. */
  record Note(String text) implements BuildEvent {}

  /**
   * A builder runs.
   *
   * @param machine which runs it, if that is not this one
   */
  record Started(StorePath derivation, BuildMode mode, Optional<String> machine)
      implements BuildEvent {
    /** On this machine. */
    public Started(StorePath derivation, BuildMode mode) {
      this(derivation, mode, Optional.empty());
    }
  }

  /** A line of a builder's output, without its end. */
  record LogLine(StorePath derivation, String line) implements BuildEvent {}

  /** A builder said which phase it is in. */
  record Phase(StorePath derivation, String phase) implements BuildEvent {}

  /** Something to tell the user. */
  record Message(StorePath derivation, String text) implements BuildEvent {}

  /** A line that the hook printed which runs after a build. */
  record HookLine(StorePath derivation, String line) implements BuildEvent {}

  /** The derivation's outputs are valid. */
  record Finished(StorePath derivation, SortedMap<String, StorePath> outputs)
      implements BuildEvent {}

  /**
   * The derivation failed.
   *
   * @param message to be shown as an error, absent where the exception that ends the call says it
   */
  record Failed(StorePath derivation, Optional<String> message) implements BuildEvent {}

  /** Takes events. Those of one derivation come in order, those of several from many threads. */
  @FunctionalInterface
  interface Listener {
    /** Takes an event; must not block for long, and not throw. */
    void on(BuildEvent event);
  }
}
