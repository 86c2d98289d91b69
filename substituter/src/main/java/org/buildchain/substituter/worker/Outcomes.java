package org.buildchain.substituter.worker;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.BuildOutcome;
import org.buildchain.substituter.worker.wire.Realisation;

/** Follows one request's builds, and tells of each path that was asked for how it ended. */
final class Outcomes implements BuildEvent.Listener {
  private final WorkerService service;
  private final Map<StorePath, Instant> started = new ConcurrentHashMap<>();
  private final Map<StorePath, Instant> stopped = new ConcurrentHashMap<>();
  private final Map<StorePath, String> failed = new ConcurrentHashMap<>();
  private final Map<StorePath, SortedMap<String, StorePath>> made = new ConcurrentHashMap<>();
  private Optional<BuildException> end = Optional.empty();

  Outcomes(WorkerService service) {
    this.service = service;
  }

  @Override
  public void on(BuildEvent event) {
    switch (event) {
      case BuildEvent.Started s -> started.put(s.derivation(), Instant.now());
      case BuildEvent.Finished f -> {
        stopped.put(f.derivation(), Instant.now());
        made.put(f.derivation(), f.outputs());
      }
      // Without a message it is the one whose failure ends all.
      case BuildEvent.Failed f -> failed.put(f.derivation(), f.message().orElse(""));
      default -> {}
    }
  }

  /** Not all of it went well. */
  void ended(BuildException e) {
    end = Optional.of(e);
  }

  BuildOutcome of(DerivedPath path) {
    return switch (path) {
      case DerivedPath.Opaque o ->
          service.store().isValid(o.path())
              ? succeeded(BuildOutcome.Status.ALREADY_VALID)
              : BuildOutcome.failed(
                  BuildOutcome.Status.NO_SUBSTITUTERS,
                  end.map(e -> Conversation.words(e.getMessage())).orElse(""));
      case DerivedPath.Built b -> of(b);
    };
  }

  private BuildOutcome of(DerivedPath.Built path) {
    StorePath drvPath = path.derivation();
    if (failed.containsKey(drvPath)) {
      String message = failed.get(drvPath);
      return message.isEmpty()
          ? end.map(Outcomes::failure).orElseThrow()
          : BuildOutcome.failed(status(message), Conversation.words(message));
    }
    if (!failed.isEmpty() && !made.containsKey(drvPath)) {
      // Others failed first: it was not come to.
      return outputsOf(path)
          .orElseGet(() -> BuildOutcome.failed(BuildOutcome.Status.MISCELLANEOUS_FAILURE, ""));
    }
    if (!service.store().isValid(drvPath)) {
      return end.map(Outcomes::failure).orElseThrow();
    }
    return outputsOf(path)
        .or(() -> end.map(Outcomes::failure))
        .orElseGet(
            () ->
                BuildOutcome.failed(
                    BuildOutcome.Status.MISCELLANEOUS_FAILURE, "not all outputs are there"));
  }

  /** How it ended if its outputs are valid. */
  private Optional<BuildOutcome> outputsOf(DerivedPath.Built path) {
    StorePath drvPath = path.derivation();
    Derivation drv = service.derivations().apply(drvPath);
    SortedMap<String, StorePath> outputs = new TreeMap<>();
    for (String name : path.outputs().isEmpty() ? drv.outputs().keySet() : path.outputs()) {
      Optional<StorePath> output =
          drv.outputs().containsKey(name) ? output(drvPath, drv, name) : Optional.empty();
      if (output.isEmpty() || !service.store().isValid(output.get())) {
        return Optional.empty();
      }
      outputs.put(name, output.get());
    }
    return Optional.of(built(drvPath, drv, outputs));
  }

  private Optional<StorePath> output(StorePath drvPath, Derivation drv, String name) {
    Optional<StorePath> now =
        Optional.ofNullable(made.get(drvPath)).flatMap(o -> Optional.ofNullable(o.get(name)));
    if (now.isPresent()) {
      return now;
    }
    return drv.outputs()
        .get(name)
        .path(service.store().dir(), drv.name(), name)
        .or(() -> service.store().realisation(id(drv, name)));
  }

  private Store.RealisationId id(Derivation drv, String name) {
    Hash hash = service.outputPaths().of(drv, true).hashes().get(name);
    return new Store.RealisationId(hash, name);
  }

  /** How a derivation ended whose outputs are these. */
  BuildOutcome built(StorePath drvPath, Derivation drv, SortedMap<String, StorePath> outputs) {
    SortedMap<String, Realisation> realisations = new TreeMap<>();
    outputs.forEach(
        (name, path) -> {
          Store.RealisationId id = id(drv, name);
          realisations.put(name, new Realisation(id, path, service.store().dependents(id)));
        });
    Optional<Instant> began = Optional.ofNullable(started.get(drvPath));
    Instant ended = stopped.getOrDefault(drvPath, began.orElse(Instant.EPOCH));
    return new BuildOutcome(
        began.isPresent() ? BuildOutcome.Status.BUILT : BuildOutcome.Status.ALREADY_VALID,
        "",
        began.orElse(Instant.EPOCH),
        ended,
        realisations);
  }

  private static BuildOutcome succeeded(BuildOutcome.Status status) {
    return BuildOutcome.failed(status, "");
  }

  static BuildOutcome failure(BuildException e) {
    BuildOutcome.Status status =
        switch (e.exitStatus()) {
          case 100 -> BuildOutcome.Status.PERMANENT_FAILURE;
          case 101 -> BuildOutcome.Status.TIMED_OUT;
          case 102 -> BuildOutcome.Status.OUTPUT_REJECTED;
          case 104 -> BuildOutcome.Status.NOT_DETERMINISTIC;
          default -> status(e.getMessage());
        };
    return BuildOutcome.failed(status, Conversation.words(e.getMessage()));
  }

  /** What a message of a failed derivation, which is Nix's, says of the kind of failure. */
  private static BuildOutcome.Status status(String message) {
    if (message.startsWith("hash mismatch")) {
      return BuildOutcome.Status.OUTPUT_REJECTED;
    }
    if (message.contains("' timed out after ")) {
      return BuildOutcome.Status.TIMED_OUT;
    }
    if (message.contains("may not be deterministic")) {
      return BuildOutcome.Status.NOT_DETERMINISTIC;
    }
    if (message.contains(" dependencies of derivation ")) {
      return BuildOutcome.Status.DEPENDENCY_FAILED;
    }
    if (message.startsWith("builder for ")) {
      return BuildOutcome.Status.PERMANENT_FAILURE;
    }
    return BuildOutcome.Status.MISCELLANEOUS_FAILURE;
  }
}
