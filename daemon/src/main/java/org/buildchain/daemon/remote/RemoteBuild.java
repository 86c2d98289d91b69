package org.buildchain.daemon.remote;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.client.StoreConnection;
import org.buildchain.substituter.worker.wire.BuildOutcome;

/** A place on a machine, and the conversation with it. */
final class RemoteBuild implements RemoteBuilders.Place {
  /** Others that send to the same machine are waited for so long. */
  private static final long UPLOAD_PATIENCE_MINUTES = 15;

  /** Objects that are sent in one request. */
  private static final int AT_ONCE = 256;

  private final Machine machine;
  private final Map<String, String> environment;
  private final boolean substitutes;
  private final Store store;
  private final RemoteMachines.Importer importer;
  private final MachinesInUse inUse;
  private final Abortable conversation = new Abortable();
  private Optional<StoreConnection> connection = Optional.empty();

  RemoteBuild(
      Machine machine,
      Map<String, String> environment,
      boolean substitutes,
      Store store,
      RemoteMachines.Importer importer,
      MachinesInUse inUse) {
    this.machine = machine;
    this.environment = environment;
    this.substitutes = substitutes;
    this.store = store;
    this.importer = importer;
    this.inUse = inUse;
  }

  @Override
  public String machine() {
    return machine.url();
  }

  /** What the other side says while nothing is built: on failure its last words are the error. */
  private volatile Optional<RemoteBuilders.Log> log = Optional.empty();

  private void note(String text) {
    log.ifPresent(l -> l.note(text));
  }

  void connect() throws IOException, InterruptedException {
    connection =
        Optional.of(
            conversation.run(
                () ->
                    machine
                        .store()
                        .connect(store.dir(), environment, this::note, conversation::begun)));
  }

  @Override
  public SortedMap<String, StorePath> build(RemoteBuilders.Job job, RemoteBuilders.Log shown)
      throws IOException, InterruptedException {
    log = Optional.of(shown);
    return conversation.run(
        () -> {
          // The last lines may come only when the other side ends.
          try (StoreConnection there = connection.orElseThrow()) {
            return build(there, job, shown);
          }
        });
  }

  private SortedMap<String, StorePath> build(
      StoreConnection there, RemoteBuilders.Job job, RemoteBuilders.Log shown)
      throws IOException, InterruptedException {
    Derivation drv = job.drv();
    boolean addressed =
        drv.kind() == Derivation.Kind.FIXED || drv.kind() == Derivation.Kind.FLOATING;
    BuildOutcome outcome;
    if (there.trusted().orElse(true) || addressed) {
      send(there, job.inputs());
      outcome = there.build(job.drvPath(), resolved(job), job.limits(), shown);
    } else {
      // It does not believe us which outputs a derivation has: it finds out by all that is below.
      send(there, store.closure(List.of(job.drvPath())));
      outcome = there.build(job.drvPath(), job.limits(), shown);
    }
    if (outcome.status().isFailure()) {
      throw failure(job, outcome);
    }
    SortedMap<String, StorePath> outputs = new TreeMap<>();
    for (String name : job.outputs()) {
      outputs.put(name, output(drv, name, outcome));
    }
    fetch(there, drv, outputs);
    return outputs;
  }

  /** With everything below as input, where it names derivations. */
  private static Derivation resolved(RemoteBuilders.Job job) {
    Derivation drv = job.drv();
    if (drv.inputDerivations().isEmpty()) {
      return drv;
    }
    return new Derivation(
        drv.name(),
        drv.outputs(),
        new TreeMap<>(),
        job.inputs(),
        drv.system(),
        drv.builder(),
        drv.args(),
        drv.env());
  }

  private void send(StoreConnection there, SortedSet<StorePath> paths)
      throws IOException, InterruptedException {
    Lock lock = inUse.upload(machine.url());
    boolean alone = lock.tryLock(UPLOAD_PATIENCE_MINUTES, TimeUnit.MINUTES);
    try {
      if (!alone) {
        note("somebody is hogging the upload lock for '" + machine.url() + "', continuing...");
      }
      SortedSet<StorePath> valid = there.valid(paths, substitutes);
      List<PathInfo> missing = new ArrayList<>();
      for (PathInfo info : inOrder(paths)) {
        if (!valid.contains(info.path())) {
          missing.add(info);
        }
      }
      for (int at = 0; at < missing.size(); at += AT_ONCE) {
        List<PathInfo> some = missing.subList(at, Math.min(missing.size(), at + AT_ONCE));
        some.forEach(i -> note(copying(i.path(), "to")));
        there.add(some, store::open, true);
      }
    } finally {
      if (alone) {
        lock.unlock();
      }
    }
  }

  private String copying(StorePath path, String direction) {
    return "copying path '"
        + store.dir().print(path)
        + "' "
        + direction
        + " '"
        + machine.url()
        + "'...";
  }

  /** Each after what it refers to. */
  private List<PathInfo> inOrder(Collection<StorePath> closure) {
    return ByReference.order(
        closure,
        path ->
            store.query(path).orElseThrow(() -> new StoreException("'" + path + "' is not valid")),
        PathInfo::references);
  }

  private BuildException failure(RemoteBuilders.Job job, BuildOutcome outcome) {
    String message =
        "build of '"
            + store.dir().print(job.drvPath())
            + "' on '"
            + machine.url()
            + "' failed: "
            + outcome.error().replace("\n", "\n       ");
    int status =
        switch (outcome.status()) {
          case PERMANENT_FAILURE, CACHED_FAILURE -> 100;
          case TIMED_OUT -> 101;
          case OUTPUT_REJECTED -> outcome.error().contains("hash mismatch") ? 102 : 1;
          case NOT_DETERMINISTIC -> 104;
          default -> 1;
        };
    return new BuildException(message, status);
  }

  private StorePath output(Derivation drv, String name, BuildOutcome outcome) {
    Optional<StorePath> known = drv.outputs().get(name).path(store.dir(), drv.name(), name);
    if (known.isPresent()) {
      return known.get();
    }
    if (!outcome.outputs().containsKey(name)) {
      throw new StoreException(
          "'" + machine.url() + "' does not say what output '" + name + "' became");
    }
    StorePath told = outcome.outputs().get(name).path();
    if (!told.name().equals(StoreDir.outputPathName(drv.name(), name))) {
      throw new FormatException(
          "'" + machine.url() + "'", "says that output '" + name + "' became '" + told + "'");
    }
    return told;
  }

  private void fetch(StoreConnection there, Derivation drv, SortedMap<String, StorePath> outputs)
      throws IOException {
    Map<StorePath, ForeignObject> said = new HashMap<>();
    for (Map.Entry<String, StorePath> output : outputs.entrySet()) {
      StorePath path = output.getValue();
      if (!said.containsKey(path) && !store.isValid(path)) {
        ForeignObject object =
            there
                .query(path)
                .orElseThrow(
                    () ->
                        new StoreException(
                            "'" + machine.url() + "' does not have what it built: '" + path + "'"));
        said.put(path, addressed(object, drv.outputs().get(output.getKey())));
      }
    }
    for (ForeignObject object :
        ByReference.order(said.keySet(), said::get, ForeignObject::references)) {
      note(copying(object.path(), "from"));
      there.nar(object, nar -> importer.add(object, nar));
    }
  }

  /** What is content-addressed is held to its address, whatever the machine says. */
  private ForeignObject addressed(ForeignObject object, DerivationOutput output) {
    Optional<ContentAddress> address =
        switch (output) {
          case DerivationOutput.Fixed f -> Optional.of(f.address());
          case DerivationOutput.Floating f -> {
            ContentAddress told =
                object
                    .contentAddress()
                    .filter(a -> a.method() == f.method())
                    .filter(a -> a.hash().algorithm() == f.algorithm())
                    .orElseThrow(
                        () ->
                            new FormatException(
                                "'" + machine.url() + "'",
                                "does not say by what content '" + object.path() + "' is called"));
            yield Optional.of(told);
          }
          default -> object.contentAddress();
        };
    return new ForeignObject(
        object.path(),
        object.narHash(),
        object.narSize(),
        object.references(),
        object.deriver(),
        object.signatures(),
        address);
  }

  @Override
  public void close() {
    conversation.abort();
    inUse.end(machine.url());
  }
}
