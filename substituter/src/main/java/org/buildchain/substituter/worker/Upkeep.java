package org.buildchain.substituter.worker;

import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** What keeps paths alive, what removes them, and what checks them. */
final class Upkeep {
  /** The longest name of a file ({@code PATH_MAX}). */
  private static final int MAX_LINK = 4096;

  private static final String WHY_ALIVE =
      ". To find out why, use: nix-store --query --roots and nix-store --query --referrers";

  private final Conversation c;

  Upkeep(Conversation c) {
    this.c = c;
  }

  void addTempRoot() throws IOException {
    StorePath path = c.in().path();
    c.log().start();
    c.service().holdTemporarily(path);
    c.log().done();
    c.out().number(1);
  }

  void addIndirectRoot() throws IOException {
    String link = c.in().text(MAX_LINK);
    c.log().start();
    requireAbsolute(link);
    ServiceFailure.act(() -> c.service().addIndirectRoot(link));
    c.log().done();
    c.out().number(1);
  }

  void addPermRoot() throws IOException {
    StorePath path = c.in().path();
    String link = c.in().text(MAX_LINK);
    c.log().start();
    if (!c.trusted()) {
      throw new StoreException("you are not privileged to create perm roots");
    }
    requireAbsolute(link);
    ServiceFailure.act(() -> c.service().addPermanentRoot(path, link));
    c.log().done();
    c.out().text(link);
  }

  private static void requireAbsolute(String link) {
    if (!link.startsWith("/") || link.indexOf('\0') >= 0) {
      throw new StoreException("'" + link + "' is no absolute path");
    }
  }

  void findRoots() throws IOException {
    c.log().start();
    List<WorkerService.Root> roots = ServiceFailure.run(() -> c.service().roots(!c.trusted()));
    c.log().done();
    c.out().number(roots.size());
    for (WorkerService.Root root : roots) {
      c.out().text(root.link()).path(root.path());
    }
  }

  void collectGarbage() throws IOException {
    WorkerService.Collecting[] actions = WorkerService.Collecting.values();
    int action = c.in().number("what to collect", actions.length - 1);
    SortedSet<StorePath> only = c.in().paths();
    boolean ignoreLiveness = c.in().flag();
    long most = c.in().number();
    c.in().number();
    c.in().number();
    c.in().number();
    c.log().start();
    if (ignoreLiveness) {
      throw new StoreException("you are not allowed to ignore liveness");
    }
    WorkerService.Freed freed = collect(actions[action], only, most);
    c.log().done();
    c.out().texts(freed.paths().stream().map(c.store().dir()::print).toList());
    c.out().number(freed.bytes()).number(0);
  }

  /** With the notes of Nix's own collector, which users look for. */
  private WorkerService.Freed collect(
      WorkerService.Collecting action, SortedSet<StorePath> only, long most) {
    c.log().note("finding garbage collector roots...");
    boolean deletes = action.compareTo(WorkerService.Collecting.DELETE_DEAD) >= 0;
    if (action != WorkerService.Collecting.DELETE_SPECIFIC) {
      c.log().note(deletes ? "deleting garbage..." : "determining live/dead paths...");
    }
    WorkerService.Freed freed;
    try {
      freed = ServiceFailure.run(() -> c.service().collect(action, only, most));
    } catch (StoreException e) {
      throw action == WorkerService.Collecting.DELETE_SPECIFIC
          ? new StoreException(e.getMessage() + WHY_ALIVE)
          : e;
    }
    if (deletes) {
      freed.paths().forEach(p -> c.log().note("deleting '" + c.store().dir().print(p) + "'"));
    }
    return freed;
  }

  /** Equal blocks are one anyway. */
  void optimise() throws IOException {
    c.log().start();
    c.log().note("0.00 MiB freed by hard-linking 0 files");
    c.log().done();
    c.out().number(1);
  }

  void verify() throws IOException, InterruptedException {
    boolean contents = c.in().flag();
    boolean repair = c.in().flag();
    c.log().start();
    if (repair && !c.trusted()) {
      throw new StoreException("you are not privileged to repair paths");
    }
    boolean errors;
    c.log().note("reading the Nix store...");
    c.log().note("checking path existence...");
    if (contents) {
      c.log().note("checking store hashes...");
    }
    try {
      errors =
          c.service()
              .verify(
                  contents,
                  repair,
                  c.log()::note,
                  problem -> c.log().message(WorkerLog.Level.ERROR, "error: " + problem));
    } catch (IOException e) {
      throw new ServiceFailure(e);
    }
    c.log().done();
    c.out().flag(errors);
  }
}
