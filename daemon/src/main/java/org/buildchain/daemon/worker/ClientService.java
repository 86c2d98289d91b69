package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.signature.SecretKey;
import org.buildchain.substituter.worker.ClientOptions;
import org.buildchain.substituter.worker.WorkerService;
import org.buildchain.substituter.worker.wire.Realisation;

/** A store as one of Nix's clients uses it. */
class ClientService implements WorkerService {
  private final Backend backend;
  private final String user;
  private final Settings initial;
  private final Derivations derivations;
  private final OutputPaths outputPaths;
  private final HeldPaths.Holder held;
  private volatile Settings settings;

  /**
   * @param user whose roots the client makes
   * @param settings before the client changes some
   */
  ClientService(Backend backend, String user, Settings settings) {
    this.backend = backend;
    this.user = user;
    this.initial = settings;
    this.settings = settings;
    this.derivations = new Derivations(backend.store());
    this.outputPaths = new OutputPaths(backend.store().dir(), derivations);
    this.held = backend.held().begin();
  }

  @Override
  public String version() {
    return backend.version();
  }

  @Override
  public Store store() {
    return backend.store();
  }

  @Override
  public Realiser realiser() {
    return backend.realiser(settings);
  }

  @Override
  public Derivations derivations() {
    return derivations;
  }

  @Override
  public OutputPaths outputPaths() {
    return outputPaths;
  }

  @Override
  public Path spool() {
    return backend.spool();
  }

  @Override
  public void options(ClientOptions options, boolean trusted, Consumer<String> warnings) {
    settings = ClientSettings.apply(initial, options, trusted, warnings);
  }

  @Override
  public BuildSettings buildSettings(BuildMode mode) {
    return backend.buildSettings(settings, mode);
  }

  @Override
  public Substituter substituter() {
    return backend.substituter(settings);
  }

  @Override
  public List<PublicKey> trustedKeys() {
    return settings.list("trusted-public-keys").stream().map(PublicKey::parse).toList();
  }

  @Override
  public boolean requiresSignatures() {
    return settings.flag("require-sigs");
  }

  @Override
  public PathInfo add(ForeignObject said, InputStream nar) throws IOException {
    return backend.importNar(said, nar);
  }

  @Override
  public void sign(StorePath path, SortedSet<String> signatures) {
    backend.disk().sign(path, signatures);
  }

  @Override
  public void signBuilt(Collection<StorePath> outputs, Collection<Store.RealisationId> realisations)
      throws IOException {
    List<SecretKey> keys = new ArrayList<>();
    for (String file : settings.list("secret-key-files")) {
      keys.add(SecretKey.parse(Files.readString(Path.of(file))));
    }
    if (keys.isEmpty()) {
      return;
    }
    for (StorePath path : outputs) {
      PathInfo info = store().query(path).orElseThrow();
      byte[] said =
          new Fingerprint(store().dir(), path, info.narHash(), info.narSize(), info.references())
              .bytes();
      sign(path, signatures(keys, said));
    }
    for (Store.RealisationId id : realisations) {
      Optional<Realisation> realisation = realisation(id);
      if (realisation.isPresent()) {
        backend.disk().signRealisation(id, signatures(keys, realisation.get().fingerprint()));
      }
    }
  }

  private static SortedSet<String> signatures(List<SecretKey> keys, byte[] said) {
    SortedSet<String> signatures = new TreeSet<>();
    keys.forEach(k -> signatures.add(k.sign(said)));
    return signatures;
  }

  @Override
  public void holdTemporarily(StorePath path) {
    held.hold(path);
    // A collection that runs already hears of it by this.
    store().isValid(path);
  }

  @Override
  public void addIndirectRoot(String link) throws IOException {
    backend.addIndirectRoot(user, file(link));
  }

  @Override
  public void addPermanentRoot(StorePath path, String link) throws IOException {
    if (!store().isValid(path)) {
      throw new StoreException("path '" + store().dir().print(path) + "' is not valid");
    }
    backend.addPermanentRoot(user, path, file(link));
  }

  private static Path file(String octets) throws IOException {
    try {
      return Path.of(Octets.toText(octets));
    } catch (InvalidPathException e) {
      throw new IOException("'" + octets + "' is no name of a file", e);
    }
  }

  @Override
  public List<Root> roots(boolean censored) throws IOException {
    List<Root> roots = new ArrayList<>();
    for (Root root : backend.roots()) {
      roots.add(
          censored && root.link().startsWith("{") ? new Root("{censored}", root.path()) : root);
    }
    return roots;
  }

  @Override
  public Freed collect(Collecting action, Set<StorePath> only, long maxBytes) throws IOException {
    boolean dry = action == Collecting.RETURN_LIVE || action == Collecting.RETURN_DEAD;
    CollectOptions options =
        new CollectOptions(
            maxBytes < 0 ? OptionalLong.empty() : OptionalLong.of(maxBytes),
            Optional.empty(),
            OptionalInt.empty(),
            action == Collecting.DELETE_SPECIFIC ? Optional.of(only) : Optional.empty(),
            settings.flag("keep-derivations"),
            dry);
    Collected collected = backend.collect(options);
    if (action != Collecting.RETURN_LIVE) {
      return new Freed(collected.paths(), dry ? 0 : collected.bytes());
    }
    SortedSet<StorePath> live = new TreeSet<>(store().allPaths());
    collected.paths().forEach(live::remove);
    return new Freed(live, 0);
  }

  @Override
  public boolean verify(
      boolean contents, boolean repair, Consumer<String> notes, Consumer<String> report)
      throws IOException, InterruptedException {
    if (!contents && !repair) {
      // What is valid stands in one database, written whole or not at all.
      return false;
    }
    SortedSet<StorePath> damaged = new TreeSet<>();
    backend
        .disk()
        .verify(
            store().allPaths(),
            (path, problem) -> {
              damaged.add(path);
              report.accept("path '" + store().dir().print(path) + "' was modified! " + problem);
            });
    SortedSet<StorePath> left =
        repair && !damaged.isEmpty()
            ? backend.mending(settings, notes, report).mend(damaged)
            : damaged;
    boolean wrong = !left.isEmpty();
    for (StorePath path : backend.disk().allPaths()) {
      if (!left.contains(path)) {
        wrong |= seenWrong(path, repair, notes, report);
      }
    }
    return wrong;
  }

  private boolean seenWrong(
      StorePath path, boolean repair, Consumer<String> notes, Consumer<String> report)
      throws IOException {
    Optional<String> problem = backend.seen(path, false);
    problem.ifPresent(report);
    if (problem.isEmpty() || !repair) {
      return problem.isPresent();
    }
    notes.accept("repairing path '" + store().dir().print(path) + "'");
    return backend.seen(path, true).isPresent();
  }

  @Override
  public void repair(
      SortedMap<StorePath, SortedMap<String, StorePath>> outputs,
      Consumer<String> notes,
      Consumer<String> report)
      throws IOException, InterruptedException {
    backend.mending(settings, notes, report).mendClosure(outputs);
    List<StorePath> made = outputs.values().stream().flatMap(o -> o.values().stream()).toList();
    for (StorePath path : backend.disk().closure(made)) {
      seenWrong(path, true, notes, notes);
    }
  }

  @Override
  public void addLog(StorePath drvPath, InputStream log) throws IOException {
    backend.logs().add(drvPath, log);
  }

  @Override
  public Optional<Realisation> realisation(Store.RealisationId id) {
    return store()
        .realisation(id)
        .map(
            path ->
                new Realisation(
                    id, path, store().dependents(id), backend.disk().realisationSignatures(id)));
  }

  @Override
  public void register(Realisation realisation) throws IOException {
    if (!store().isValid(realisation.path())) {
      throw new StoreException(
          "path '" + store().dir().print(realisation.path()) + "' is not valid");
    }
    store().addRealisation(realisation.id(), realisation.path(), realisation.dependents());
    if (store().dependents(realisation.id()).equals(realisation.dependents())) {
      backend.disk().signRealisation(realisation.id(), realisation.signatures());
    }
  }

  @Override
  public void close() {
    held.close();
  }
}
