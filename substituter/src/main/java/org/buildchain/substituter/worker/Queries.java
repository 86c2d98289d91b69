package org.buildchain.substituter.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.DerivedPaths;
import org.buildchain.substituter.worker.wire.PathInfos;
import org.buildchain.substituter.worker.wire.Realisation;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** Requests that change nothing, but for fetching what is asked for. */
final class Queries {
  private final Conversation c;

  Queries(Conversation c) {
    this.c = c;
  }

  void isValidPath() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    boolean valid = c.store().isValid(path);
    c.log().done();
    c.out().flag(valid);
  }

  void validPaths() throws IOException, InterruptedException {
    SortedSet<StorePath> paths = c.in().paths();
    boolean substitute = c.in().flag();
    c.log().start();
    if (substitute) {
      fetch(paths);
    }
    paths.removeIf(p -> !c.store().isValid(p));
    c.log().done();
    c.out().paths(paths);
  }

  /** Fetches what can be had of the paths that are not valid. */
  private void fetch(SortedSet<StorePath> paths) throws InterruptedException {
    Set<StorePath> missing =
        paths.stream().filter(p -> !c.store().isValid(p)).collect(Collectors.toSet());
    Substituter substituter = c.service().substituter();
    Set<StorePath> offered =
        missing.isEmpty() ? Set.of() : substituter.query(missing, c.log()::note).keySet();
    for (StorePath path : offered) {
      try {
        new Building(c).realise(List.of(new DerivedPath.Opaque(path)), BuildMode.NORMAL, _ -> {});
      } catch (BuildException e) {
        c.log().message(WorkerLog.Level.WARN, "warning: " + Conversation.logged(e.getMessage()));
      }
    }
  }

  void allValidPaths() throws IOException {
    c.log().start();
    SortedSet<StorePath> paths = c.store().allPaths();
    c.log().done();
    c.out().paths(paths);
  }

  void pathInfo() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    Optional<PathInfo> info = c.store().query(path);
    c.log().done();
    c.out().flag(info.isPresent());
    if (info.isPresent()) {
      PathInfos.write(c.out(), info.get());
    }
  }

  void referrers() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    SortedSet<StorePath> paths = new TreeSet<>(c.store().referrers(path));
    // Nix counts a path that refers to itself.
    c.store()
        .query(path)
        .filter(i -> i.references().contains(path))
        .ifPresent(_ -> paths.add(path));
    c.log().done();
    c.out().paths(paths);
  }

  void validDerivers() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    SortedSet<StorePath> derivers = new TreeSet<>();
    for (StorePath drv : c.store().allPaths()) {
      if (drv.isDerivation()
          && path.name().startsWith(Derivation.nameOf(drv))
          && outputs(drv).containsValue(Optional.of(path))) {
        derivers.add(drv);
      }
    }
    c.log().done();
    c.out().paths(derivers);
  }

  void deriver() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    Optional<StorePath> deriver = valid(path).deriver();
    c.log().done();
    c.out().path(deriver);
  }

  private PathInfo valid(StorePath path) {
    return c.store()
        .query(path)
        .orElseThrow(
            () -> new StoreException("path '" + c.store().dir().print(path) + "' is not valid"));
  }

  void byHashPart() throws IOException {
    String hashPart = c.in().text(StorePath.HASH_LENGTH);
    c.log().start();
    Optional<StorePath> path = c.store().byHashPart(hashPart);
    c.log().done();
    c.out().path(path);
  }

  void derivationOutputMap() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    valid(path);
    SortedMap<String, Optional<StorePath>> outputs = outputs(path);
    c.log().done();
    c.out().number(outputs.size());
    for (Map.Entry<String, Optional<StorePath>> output : outputs.entrySet()) {
      c.out().text(output.getKey()).path(output.getValue());
    }
  }

  void derivationOutputNames() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    valid(path);
    Set<String> names = c.service().derivations().apply(path).outputs().keySet();
    c.log().done();
    c.out().texts(names);
  }

  /** What the outputs of a derivation are, or became. */
  private SortedMap<String, Optional<StorePath>> outputs(StorePath drvPath) {
    Derivation drv = c.service().derivations().apply(drvPath);
    SortedMap<String, Optional<StorePath>> outputs = new TreeMap<>();
    drv.outputs()
        .forEach(
            (name, output) ->
                outputs.put(
                    name,
                    output.path(c.store().dir(), drv.name(), name).or(() -> realised(drv, name))));
    return outputs;
  }

  private Optional<StorePath> realised(Derivation drv, String output) {
    Hash hash = c.service().outputPaths().of(drv, true).hashes().get(output);
    return c.store().realisation(new Store.RealisationId(hash, output));
  }

  void hasSubstitutes() throws IOException, InterruptedException {
    StorePath path = c.in().path();
    c.log().start();
    boolean has = !c.service().substituter().query(Set.of(path), c.log()::note).isEmpty();
    c.log().done();
    c.out().flag(has);
  }

  void substitutablePaths() throws IOException, InterruptedException {
    SortedSet<StorePath> paths = c.in().paths();
    c.log().start();
    SortedSet<StorePath> had =
        new TreeSet<>(c.service().substituter().query(paths, c.log()::note).keySet());
    c.log().done();
    c.out().paths(had);
  }

  void substitutablePathInfos() throws IOException, InterruptedException {
    int count = c.in().number("number of paths", WireReader.MAX_ITEMS);
    Set<StorePath> paths = new HashSet<>();
    for (int i = 0; i < count; i++) {
      paths.add(c.in().path());
      c.in().text(256); // its content address
    }
    c.log().start();
    Map<StorePath, Substituter.Offer> offers =
        c.service().substituter().query(paths, c.log()::note);
    c.log().done();
    c.out().number(offers.size());
    for (Substituter.Offer offer : offers.values()) {
      c.out().path(offer.path()).text("").paths(offer.references());
      c.out().number(offer.downloadSize()).number(offer.narSize());
    }
  }

  void missing() throws IOException, InterruptedException {
    List<DerivedPaths.Asked> asked = DerivedPaths.read(c.in(), c.store().dir());
    c.log().start();
    SortedSet<StorePath> builds = new TreeSet<>();
    SortedSet<StorePath> fetches = new TreeSet<>();
    SortedSet<StorePath> unknown = new TreeSet<>();
    long download = 0;
    long unpacked = 0;
    for (List<DerivedPath> some : groups(asked, unknown)) {
      try {
        Realiser.Planned planned =
            c.service().realiser().plan(some, c.service().substituter(), c.log()::note);
        builds.addAll(planned.builds());
        for (Substituter.Offer offer : planned.fetches()) {
          if (fetches.add(offer.path())) {
            download += offer.downloadSize();
            unpacked += offer.narSize();
          }
        }
      } catch (BuildException e) {
        for (DerivedPath path : some) {
          switch (path) {
            case DerivedPath.Opaque o -> unknown.add(o.path());
            // One that is here has other faults, which building it tells.
            case DerivedPath.Built b when c.store().isValid(b.derivation()) -> {}
            case DerivedPath.Built b -> unknown.add(b.derivation());
          }
        }
      }
    }
    c.log().done();
    c.out().paths(builds).paths(fetches).paths(unknown).number(download).number(unpacked);
  }

  /** What is planned together: a path that nobody has must not spoil the plan of others. */
  private List<List<DerivedPath>> groups(
      List<DerivedPaths.Asked> asked, SortedSet<StorePath> unknown) {
    List<DerivedPath> built = new ArrayList<>();
    List<List<DerivedPath>> groups = new ArrayList<>();
    for (DerivedPaths.Asked one : asked) {
      switch (one.path()) {
        case DerivedPath.Opaque o -> {
          if (!c.store().isValid(o.path())) {
            groups.add(List.of(o));
          }
        }
        case DerivedPath.Built b -> {
          if (c.store().isValid(b.derivation())) {
            built.add(b);
          } else {
            unknown.add(b.derivation());
          }
        }
      }
    }
    groups.add(built);
    return groups;
  }

  void realisation() throws IOException {
    Store.RealisationId id = Store.RealisationId.parse(c.in().text(1 << 12));
    c.log().start();
    Optional<Realisation> realisation = c.service().realisation(id);
    c.log().done();
    c.out().texts(realisation.map(Realisation::json).stream().toList());
  }

  void nar() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    valid(path);
    c.log().done();
    try {
      Nar.write(c.store().open(path), this::send);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void send(byte[] data, int offset, int length) {
    try {
      c.out().raw().write(data, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
