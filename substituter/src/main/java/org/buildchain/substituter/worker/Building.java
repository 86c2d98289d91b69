package org.buildchain.substituter.worker;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.BasicDerivations;
import org.buildchain.substituter.worker.wire.BuildOutcome;
import org.buildchain.substituter.worker.wire.DerivedPaths;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** Requests that build, or fetch in place of it. */
final class Building {
  /** {@code bmCheck}. */
  private static final int MAX_MODE = 2;

  private static final int REPAIR = 1;
  private static final int CHECK = 2;

  private final Conversation c;

  Building(Conversation c) {
    this.c = c;
  }

  /** Makes everything requested valid, and keeps it so. */
  SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      List<DerivedPath> requested, BuildMode mode, BuildEvent.Listener also)
      throws InterruptedException {
    return realise(requested, mode, also, Set.of());
  }

  private SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      List<DerivedPath> requested,
      BuildMode mode,
      BuildEvent.Listener also,
      Set<StorePath> answered)
      throws InterruptedException {
    BuildLog shown = new BuildLog(c.store().dir(), c.log(), answered);
    Signing signing = new Signing(c);
    var realised =
        c.service()
            .realiser()
            .realise(
                requested,
                c.service().buildSettings(mode),
                event -> {
                  signing.on(event);
                  shown.on(event);
                  also.on(event);
                });
    for (DerivedPath path : requested) {
      if (path instanceof DerivedPath.Opaque o) {
        c.service().holdTemporarily(o.path());
      }
    }
    realised.values().forEach(o -> o.values().forEach(c.service()::holdTemporarily));
    return realised;
  }

  /** As {@link #realise}, in the mode of a request's number. */
  private void build(
      List<DerivedPath> requested, int mode, BuildEvent.Listener also, Set<StorePath> answered)
      throws IOException, InterruptedException {
    BuildMode how = mode(mode);
    SortedMap<StorePath, SortedMap<String, StorePath>> made =
        realise(requested, how, also, answered);
    if (mode == REPAIR) {
      try {
        c.service()
            .repair(
                made,
                c.log()::note,
                e -> c.log().message(WorkerLog.Level.ERROR, "error: " + Conversation.logged(e)));
      } catch (IOException e) {
        throw new ServiceFailure(e);
      }
    }
  }

  void buildPaths() throws IOException, InterruptedException {
    List<DerivedPaths.Asked> asked = DerivedPaths.read(c.in(), c.store().dir());
    int mode = mode();
    c.log().start();
    build(asked.stream().map(DerivedPaths.Asked::path).toList(), mode, _ -> {}, Set.of());
    c.log().done();
    c.out().number(1);
  }

  private int mode() throws IOException {
    return c.in().number("build mode", MAX_MODE);
  }

  private BuildMode mode(int number) {
    if (number == REPAIR && !c.trusted()) {
      throw new StoreException("repairing is not allowed because you are not in 'trusted-users'");
    }
    return number == CHECK ? BuildMode.CHECK : BuildMode.NORMAL;
  }

  void buildPathsWithResults() throws IOException, InterruptedException {
    List<DerivedPaths.Asked> asked = DerivedPaths.read(c.in(), c.store().dir());
    int mode = mode();
    c.log().start();
    Map<DerivedPaths.Asked, BuildOutcome> outcomes = new LinkedHashMap<>();
    Outcomes observed = new Outcomes(c.service());
    List<DerivedPath> requested = asked.stream().map(DerivedPaths.Asked::path).toList();
    try {
      build(requested, mode, observed, derivations(requested));
    } catch (BuildException e) {
      observed.ended(e);
    }
    asked.forEach(a -> outcomes.put(a, observed.of(a.path())));
    c.log().done();
    c.out().number(asked.size());
    for (DerivedPaths.Asked one : asked) {
      c.out().text(one.text());
      outcomes.get(one).write(c.out(), c.version());
    }
  }

  private static Set<StorePath> derivations(List<DerivedPath> requested) {
    Set<StorePath> derivations = new HashSet<>();
    for (DerivedPath path : requested) {
      if (path instanceof DerivedPath.Built b) {
        derivations.add(b.derivation());
      }
    }
    return derivations;
  }

  void ensurePath() throws IOException, InterruptedException {
    StorePath path = c.in().path();
    c.log().start();
    c.service().holdTemporarily(path);
    if (!c.store().isValid(path)) {
      realise(List.of(new DerivedPath.Opaque(path)), BuildMode.NORMAL, _ -> {});
    }
    c.log().done();
    c.out().number(1);
  }

  /**
   * Builds a derivation that the client sends, all of whose inputs are valid. An input-addressed
   * one is believed what it says of its output paths: only who is trusted may send it.
   */
  void buildDerivation() throws IOException, InterruptedException {
    StorePath drvPath = c.in().path();
    Derivation drv = BasicDerivations.read(c.in(), c.store().dir(), drvPath);
    int mode = mode();
    c.log().start();
    BuildMode how = mode(mode);
    boolean addressed =
        drv.kind() == Derivation.Kind.FIXED || drv.kind() == Derivation.Kind.FLOATING;
    if (!addressed && !c.trusted()) {
      throw new StoreException("you are not privileged to build input-addressed derivations");
    }
    StorePath called = drvPath;
    if (!c.trusted()) {
      called =
          ServiceFailure.run(() -> c.store().addTexts(List.of(drv.toText(c.store().dir()))))
              .getFirst();
    }
    Outcomes observed = new Outcomes(c.service());
    BuildOutcome outcome;
    BuildLog shown = new BuildLog(c.store().dir(), c.log(), Set.of(called));
    Signing signing = new Signing(c);
    try {
      SortedMap<String, StorePath> outputs =
          c.service()
              .realiser()
              .realiseResolved(
                  called,
                  drv,
                  c.service().buildSettings(how),
                  event -> {
                    signing.on(event);
                    shown.on(event);
                    observed.on(event);
                  });
      outputs.values().forEach(c.service()::holdTemporarily);
      outcome = observed.built(called, drv, outputs);
    } catch (BuildException e) {
      outcome = Outcomes.failure(e);
    }
    c.log().done();
    outcome.write(c.out(), c.version());
  }
}
