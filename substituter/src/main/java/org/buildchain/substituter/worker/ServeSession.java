package org.buildchain.substituter.worker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.BasicDerivations;
import org.buildchain.substituter.worker.wire.BuildOutcome;
import org.buildchain.substituter.worker.wire.DerivedPaths;
import org.buildchain.substituter.worker.wire.ExactNar;
import org.buildchain.substituter.worker.wire.PathInfos;
import org.buildchain.substituter.worker.wire.ServeProtocol;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WireWriter;

/**
 * The other side of {@code nix-store --serve}: what {@code ssh://} speaks with. A request that
 * fails ends the conversation, as the protocol has no words for it; builds have.
 *
 * <p>Threat: who may run this may do what its user may. All the same what comes is read with
 * limits, and added is only what has the hash that is stated.
 */
public final class ServeSession {
  private static final int BUFFER = 1 << 16;

  private final InputStream from;
  private final OutputStream to;
  private final WorkerService service;
  private final boolean writes;
  private final Consumer<String> shown;

  /**
   * @param writes whether paths may be added and built ({@code --write})
   * @param shown takes what the client's user shall see, octet strings
   */
  public ServeSession(
      InputStream from,
      OutputStream to,
      WorkerService service,
      boolean writes,
      Consumer<String> shown) {
    this.from = from;
    this.to = to;
    this.service = service;
    this.writes = writes;
    this.shown = shown;
  }

  /**
   * Serves until the client goes. The calling thread is interrupted if that happens while something
   * is built.
   *
   * @throws StoreException if a request fails; nothing can follow
   * @throws FormatException if what came is not the protocol
   */
  public void run() throws IOException {
    try (WatchedInput watched = new WatchedInput(from)) {
      WireReader in = new WireReader(watched, service.store().dir());
      WireWriter out = new WireWriter(new BufferedOutputStream(to, BUFFER), service.store().dir());
      if (in.number() != ServeProtocol.CLIENT_MAGIC) {
        throw new FormatException("connection", "expected the greeting of a Nix client");
      }
      out.number(ServeProtocol.SERVER_MAGIC).number(ServeProtocol.VERSION).flush();
      int version = Math.min(in.number("version", Integer.MAX_VALUE), ServeProtocol.VERSION);
      if (version < ServeProtocol.OLDEST) {
        throw new FormatException("connection", "the client is older than Nix 2.3");
      }
      Requested requested = new Requested(in, out, version, watched);
      for (Optional<Long> command; (command = in.next()).isPresent(); ) {
        try (Store.Use _ = service.store().use()) {
          requested.perform(command.get());
        }
        out.flush();
      }
    } catch (InterruptedException | InterruptedIOException e) {
      // The client went away.
      Thread.interrupted();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private final class Requested {
    private final WireReader in;
    private final WireWriter out;
    private final int version;
    private final WatchedInput watched;

    Requested(WireReader in, WireWriter out, int version, WatchedInput watched) {
      this.in = in;
      this.out = out;
      this.version = version;
      this.watched = watched;
    }

    void perform(long command) throws IOException, InterruptedException {
      if (command == ServeProtocol.QUERY_VALID_PATHS) {
        validPaths();
      } else if (command == ServeProtocol.QUERY_PATH_INFOS) {
        for (StorePath path : in.paths()) {
          Optional<PathInfo> info = service.store().query(path);
          if (info.isPresent()) {
            write(info.get());
          }
        }
        out.text("");
      } else if (command == ServeProtocol.DUMP_STORE_PATH) {
        Nar.write(
            service.store().open(in.path()),
            (data, offset, length) -> {
              try {
                out.raw().write(data, offset, length);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } else if (command == ServeProtocol.QUERY_CLOSURE) {
        closure();
      } else if (command == ServeProtocol.BUILD_PATHS) {
        buildPaths();
      } else if (command == ServeProtocol.BUILD_DERIVATION) {
        buildDerivation();
      } else if (command == ServeProtocol.ADD_TO_STORE_NAR) {
        add();
      } else {
        throw new FormatException("unknown serve command " + command);
      }
    }

    private void requireWrites(String what) {
      if (!writes) {
        throw new StoreException(what + " paths is not allowed");
      }
    }

    private void validPaths() throws IOException, InterruptedException {
      boolean lock = in.flag();
      boolean substitute = in.flag();
      SortedSet<StorePath> paths = in.paths();
      if (lock && writes) {
        paths.forEach(service::holdTemporarily);
      }
      if (substitute && writes) {
        for (StorePath path : service.substituter().query(paths, shown).keySet()) {
          fetch(path);
        }
      }
      SortedSet<StorePath> valid = new TreeSet<>(paths);
      valid.removeIf(p -> !service.store().isValid(p));
      out.paths(valid);
    }

    /** What can't be fetched the client sends. */
    private void fetch(StorePath path) throws InterruptedException {
      try {
        service
            .realiser()
            .realise(
                List.of(new DerivedPath.Opaque(path)),
                service.buildSettings(BuildMode.NORMAL),
                this::show);
      } catch (BuildException e) {
        shown.accept("warning: " + e.getMessage());
      }
    }

    private void write(PathInfo info) throws IOException {
      out.path(info.path()).path(info.deriver()).paths(info.references());
      out.number(info.narSize()).number(info.narSize());
      out.text(info.narHash().prefixed(Hash.Format.NIX32));
      out.text(info.contentAddress().map(ContentAddress::toString).orElse(""));
      out.texts(info.signatures());
    }

    private void closure() throws IOException {
      boolean withOutputs = in.flag();
      SortedSet<StorePath> closure = service.store().closure(in.paths());
      if (withOutputs) {
        for (StorePath path : new ArrayList<>(closure)) {
          if (path.isDerivation()) {
            Derivation drv = service.derivations().apply(path);
            drv.outputs()
                .forEach(
                    (name, o) ->
                        o.path(service.store().dir(), drv.name(), name)
                            .filter(service.store()::isValid)
                            .ifPresent(p -> closure.addAll(service.store().closure(List.of(p)))));
          }
        }
      }
      out.paths(closure);
    }

    private void add() throws IOException {
      requireWrites("importing");
      ForeignObject said = PathInfos.read(in, in.path());
      ExactNar nar = new ExactNar(in.raw(), said.narSize());
      service.holdTemporarily(said.path());
      service.add(said, nar);
      nar.skipRest();
      out.number(1);
    }

    private void options() throws IOException {
      SortedMap<String, String> overrides = new TreeMap<>();
      long silent = in.number();
      overrides.put("timeout", Long.toUnsignedString(in.number()));
      overrides.put("max-build-log-size", Long.toUnsignedString(in.number()));
      if (in.number() != 0) {
        throw new StoreException(
            "client requested repeating builds, but this is not currently implemented");
      }
      in.flag(); // enforceDeterminism
      boolean keepFailed = version >= ServeProtocol.KEEP_FAILED && in.flag();
      service.options(
          new ClientOptions(keepFailed, false, false, 1, silent, 0, false, overrides), true, shown);
    }

    private void buildPaths() throws IOException, InterruptedException {
      requireWrites("building");
      List<DerivedPath> wanted = new ArrayList<>();
      for (String text : in.texts()) {
        wanted.add(DerivedPaths.parse(service.store().dir(), text));
      }
      options();
      watched.watch(true);
      try {
        service
            .realiser()
            .realise(wanted, service.buildSettings(BuildMode.NORMAL), this::show)
            .values()
            .forEach(o -> o.values().forEach(service::holdTemporarily));
        out.number(BuildOutcome.Status.BUILT.ordinal());
      } catch (BuildException e) {
        BuildOutcome outcome = Outcomes.failure(e);
        out.number(outcome.status().ordinal()).text(outcome.error());
      } finally {
        watched.watch(false);
      }
    }

    private void buildDerivation() throws IOException, InterruptedException {
      requireWrites("building");
      StorePath drvPath = in.path();
      Derivation drv = BasicDerivations.read(in, service.store().dir(), drvPath);
      options();
      watched.watch(true);
      BuildOutcome outcome;
      Outcomes observed = new Outcomes(service);
      try {
        SortedMap<String, StorePath> outputs =
            service
                .realiser()
                .realiseResolved(
                    drvPath,
                    drv,
                    service.buildSettings(BuildMode.NORMAL),
                    event -> {
                      observed.on(event);
                      show(event);
                    });
        outputs.values().forEach(service::holdTemporarily);
        outcome = observed.built(drvPath, drv, outputs);
      } catch (BuildException e) {
        outcome = Outcomes.failure(e);
      } finally {
        watched.watch(false);
      }
      outcome.write(out, version >= ServeProtocol.OUTPUTS, false);
    }

    private void show(BuildEvent event) {
      switch (event) {
        case BuildEvent.LogLine l -> shown.accept(l.line());
        case BuildEvent.Message m -> shown.accept(m.text());
        case BuildEvent.Note n -> shown.accept(n.text());
        default -> {}
      }
    }
  }
}
