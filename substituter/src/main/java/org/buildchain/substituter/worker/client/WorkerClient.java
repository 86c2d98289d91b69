package org.buildchain.substituter.worker.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.BasicDerivations;
import org.buildchain.substituter.worker.wire.BuildOutcome;
import org.buildchain.substituter.worker.wire.ExactNar;
import org.buildchain.substituter.worker.wire.FramedOutput;
import org.buildchain.substituter.worker.wire.Greeting;
import org.buildchain.substituter.worker.wire.Operation;
import org.buildchain.substituter.worker.wire.PathInfos;
import org.buildchain.substituter.worker.wire.Protocol;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WireWriter;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** The client's side of the worker protocol. */
final class WorkerClient implements StoreConnection {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_FIELDS = 1 << 10;
  private static final int MAX_TRACES = 1 << 16;

  private final WireReader in;
  private final WireWriter out;
  private final AutoCloseable transport;
  private final Consumer<String> notes;
  private final int version;
  private final Optional<Boolean> trusted;
  private Optional<RemoteBuilders.Log> log = Optional.empty();

  /**
   * Greets.
   *
   * @param notes takes what the daemon wants its user to see, octet strings
   * @param transport is closed with this
   * @throws IOException if nobody speaks the protocol there
   * @throws FormatException if it is one older than 1.34
   */
  WorkerClient(
      StoreDir dir,
      InputStream from,
      OutputStream to,
      AutoCloseable transport,
      Consumer<String> notes)
      throws IOException {
    InputStream buffered = new BufferedInputStream(from, BUFFER);
    this.in = new WireReader(buffered, dir);
    this.out = new WireWriter(new BufferedOutputStream(to, BUFFER), dir);
    this.transport = transport;
    this.notes = notes;
    out.number(Protocol.CLIENT_MAGIC).number(Protocol.VERSION).flush();
    long first = in.number();
    if (first != Protocol.DAEMON_MAGIC) {
      throw Greeting.isNone("'nix-daemon --stdio'", first, buffered);
    }
    this.version = Math.min(in.number("version", Integer.MAX_VALUE), Protocol.VERSION);
    if (version < Protocol.OLDEST) {
      throw new FormatException("connection", "the daemon is older than Nix 2.8");
    }
    if (version >= Protocol.FEATURES) {
      out.number(0).flush();
      in.texts();
    }
    out.number(0).number(0).flush();
    in.text(1 << 12); // its version
    long trust = version >= Protocol.SAYS_TRUST ? in.number() : 0;
    this.trusted = trust == 0 ? Optional.empty() : Optional.of(trust == 1);
    await();
  }

  /** Reads what comes before a result. */
  private void await() throws IOException {
    out.flush();
    while (true) {
      in.begin();
      long kind = in.number();
      if (kind == Protocol.LAST) {
        return;
      } else if (kind == Protocol.NEXT) {
        notes.accept(in.text().stripTrailing());
      } else if (kind == Protocol.START_ACTIVITY) {
        in.number();
        in.number();
        in.number();
        in.text();
        fields();
        in.number();
      } else if (kind == Protocol.STOP_ACTIVITY) {
        in.number();
      } else if (kind == Protocol.RESULT) {
        in.number();
        long type = in.number();
        result(type, fields());
      } else if (kind == Protocol.ERROR) {
        throw new StoreException(error());
      } else {
        throw new FormatException("connection", "expected a message, not " + kind);
      }
    }
  }

  /** Those that are texts. */
  private List<String> fields() throws IOException {
    int count = in.number("number of fields", MAX_FIELDS);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (in.number("kind of a field", 1) == 0) {
        in.number();
      } else {
        texts.add(in.text());
      }
    }
    return texts;
  }

  private void result(long type, List<String> fields) {
    if (log.isPresent() && !fields.isEmpty()) {
      if (type == WorkerLog.BUILD_LOG_LINE) {
        log.get().line(fields.getFirst());
      } else if (type == WorkerLog.SET_PHASE) {
        log.get().phase(fields.getFirst());
      }
    }
  }

  private String error() throws IOException {
    in.text(256); // "Error"
    in.number(); // level
    in.text(1 << 12); // its name
    String message = in.text();
    in.number(); // no position
    int traces = in.number("number of traces", MAX_TRACES);
    for (int i = 0; i < traces; i++) {
      in.number();
      in.text();
    }
    return message;
  }

  private WireWriter begin(Operation operation) throws IOException {
    return out.number(operation.number());
  }

  @Override
  public Optional<Boolean> trusted() {
    return trusted;
  }

  @Override
  public SortedSet<StorePath> valid(Collection<StorePath> paths, boolean substitute)
      throws IOException {
    begin(Operation.QUERY_VALID_PATHS).paths(paths).flag(substitute);
    await();
    return in.paths();
  }

  @Override
  public Optional<ForeignObject> query(StorePath path) throws IOException {
    begin(Operation.QUERY_PATH_INFO).path(path);
    await();
    return in.flag() ? Optional.of(PathInfos.read(in, path)) : Optional.empty();
  }

  @Override
  public void nar(ForeignObject said, NarTaker taker) throws IOException {
    begin(Operation.NAR_FROM_PATH).path(said.path());
    await();
    ExactNar nar = new ExactNar(in.raw(), said.narSize());
    taker.take(nar);
    nar.skipRest();
  }

  @Override
  public void add(List<PathInfo> objects, Trees trees, boolean unchecked) throws IOException {
    begin(Operation.ADD_MULTIPLE_TO_STORE).flag(false).flag(unchecked);
    try {
      send(objects, trees);
    } catch (IOException e) {
      // A daemon that has had enough says why before it goes.
      try {
        await();
      } catch (IOException gone) {
        e.addSuppressed(gone);
      }
      throw e;
    }
    await();
  }

  private void send(List<PathInfo> objects, Trees trees) throws IOException {
    try (FramedOutput framed = new FramedOutput(out)) {
      WireWriter to = new WireWriter(framed, out.dir());
      to.number(objects.size());
      for (PathInfo object : objects) {
        to.path(object.path());
        PathInfos.write(to, object);
        Nar.write(
            trees.open(object.path()),
            (data, offset, length) -> write(framed, data, offset, length));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void write(OutputStream to, byte[] data, int offset, int length) {
    try {
      to.write(data, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public BuildOutcome build(
      StorePath drvPath, Derivation drv, BuildJob.Limits limits, RemoteBuilders.Log shown)
      throws IOException {
    setLimits(limits);
    begin(Operation.BUILD_DERIVATION).path(drvPath);
    BasicDerivations.write(out, drv);
    out.number(0);
    awaitBuild(shown);
    return outcome();
  }

  @Override
  public BuildOutcome build(StorePath drvPath, BuildJob.Limits limits, RemoteBuilders.Log shown)
      throws IOException {
    setLimits(limits);
    begin(Operation.BUILD_PATHS_WITH_RESULTS).texts(List.of(out.dir().print(drvPath) + "!*"));
    out.number(0);
    awaitBuild(shown);
    if (in.number("number of results", 1) != 1) {
      throw new FormatException("connection", "expected the result of a build");
    }
    in.text(1 << 12); // what was asked for
    return outcome();
  }

  private void awaitBuild(RemoteBuilders.Log shown) throws IOException {
    log = Optional.of(shown);
    try {
      await();
    } finally {
      log = Optional.empty();
    }
  }

  private BuildOutcome outcome() throws IOException {
    return BuildOutcome.read(in, true, version >= Protocol.CPU_TIMES);
  }

  /**
   * Hands limits on, if there are any: as Nix has it, the other settings of the other side are its
   * own affair, but the message that sets some sets more.
   */
  private void setLimits(BuildJob.Limits limits) throws IOException {
    SortedMap<String, String> overrides = new TreeMap<>();
    if (limits.timeoutSeconds() > 0) {
      overrides.put("timeout", Long.toString(limits.timeoutSeconds()));
    }
    if (limits.maxSilentSeconds() > 0) {
      overrides.put("max-silent-time", Long.toString(limits.maxSilentSeconds()));
    }
    if (limits.maxLogBytes() > 0) {
      overrides.put("max-build-log-size", Long.toString(limits.maxLogBytes()));
    }
    if (overrides.isEmpty()) {
      return;
    }
    begin(Operation.SET_OPTIONS).flag(false).flag(false).flag(false);
    out.number(WorkerLog.Level.INFO.ordinal()).number(1).number(limits.maxSilentSeconds());
    // useBuildHook, verboseBuild, logType, printBuildTrace, cores, substitute
    out.flag(true).number(0).number(0).number(0).number(0).flag(true).map(overrides);
    await();
  }

  @Override
  public void close() throws IOException {
    try {
      transport.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
