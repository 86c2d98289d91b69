package org.buildchain.daemon.host;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.buildchain.daemon.host.repository.Git;
import org.buildchain.daemon.host.repository.GitLocation;
import org.buildchain.daemon.host.repository.MercurialFetcher;
import org.buildchain.daemon.host.repository.Program;
import org.buildchain.language.EvalHost.LockState;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.flake.LockNeeded;
import org.buildchain.language.host.HostReads;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;

/**
 * Writes lock files of flakes in folders of this machine, for one command: with the daemon's
 * rights, which are those of whoever it serves ({@link LockedFolder} says what holds others off).
 * What is written git or Mercurial is told of, as by Nix. Source: {@code putFile} in Nix's {@code
 * libfetchers}.
 */
public final class LockFiles {
  private final Map<String, String> environment;
  private final StoreDir store;
  private final String summary;
  private final Consumer<String> warnings;
  private final BooleanSupplier cancelled;
  private final Set<Input> written = ConcurrentHashMap.newKeySet();

  /**
   * @param environment the caller's
   * @param store in which nothing is written
   * @param summary the first line of a commit's message; if it is empty one is chosen
   * @param warnings gets what the user should know
   * @param cancelled whether the caller has gone away
   */
  public LockFiles(
      Map<String, String> environment,
      StoreDir store,
      String summary,
      Consumer<String> warnings,
      BooleanSupplier cancelled) {
    this.environment = Map.copyOf(environment);
    this.store = store;
    this.summary = summary;
    this.warnings = warnings;
    this.cancelled = cancelled;
  }

  /** See {@link org.buildchain.language.EvalHost#lockState}. */
  LockState state(Input tree) {
    if (written.contains(tree)) {
      return LockState.WRITTEN;
    }
    return folder(tree).isPresent() ? LockState.WRITABLE : LockState.NOWHERE;
  }

  /** The folder that a tree is read from. */
  private Optional<Path> folder(Input tree) {
    try {
      return switch (tree.type()) {
        case "path" ->
            tree.text("path")
                .filter(p -> p.startsWith("/") && store.containing(p).isEmpty())
                .map(p -> Path.of(Octets.toText(p)));
        case "git" -> GitLocation.of(tree.required("url")).folder();
        case "hg" ->
            tree.ref().isPresent() || tree.rev().isPresent()
                ? Optional.empty()
                : MercurialFetcher.local(tree);
        default -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes, and says so.
   *
   * @throws EvalException if that is not possible
   */
  void write(LockNeeded.Change change) throws IOException {
    written.add(change.flake());
    if (change.file().startsWith("/")) {
      Path file = Path.of(Octets.toText(change.file()));
      attempt(change, change.file(), () -> Files.write(file, Octets.bytes(change.text())));
      return;
    }
    Path folder = folder(change.flake()).orElseThrow();
    String shown = Octets.fromText(folder.toString()) + "/" + change.file();
    boolean existed = Files.exists(folder.resolve(Octets.toText(change.file())), NOFOLLOW_LINKS);
    attempt(change, shown, () -> write(change, folder, shown));
    track(change, folder, message(change, existed));
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(LockNeeded.Change change, String shown, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw EvalException.other("opening file '" + shown + "': " + HostReads.reason(e))
          .trace(Pos.NONE, change.during());
    }
  }

  private void write(LockNeeded.Change change, Path folder, String shown) throws IOException {
    try (LockedFolder at = LockedFolder.open(folder, Path.of(Octets.toText(change.file())))) {
      String quoted = "'\"" + shown.replaceAll("[\"\\\\]", "\\\\$0") + "\"'";
      String changes = change.changes();
      if (!at.hasFile()) {
        warnings.accept("creating lock file " + quoted + ": \n" + changes);
      } else {
        warnings.accept(
            "updating lock file " + quoted + (changes.isEmpty() ? "" : ":\n" + changes));
      }
      at.write(change.flakeText(), Octets.bytes(change.text()));
    } catch (NoSuchFileException e) {
      throw new IOException("No such file or directory", e);
    }
  }

  /** What a commit is told, if one is asked for. */
  private Optional<String> message(LockNeeded.Change change, boolean existed) {
    String first =
        summary.isEmpty() ? change.file() + ": " + (existed ? "Update" : "Add") : summary;
    return change.commit()
        ? Optional.of(first + "\n\nFlake lock file updates:\n\n" + change.changes() + "\n")
        : Optional.empty();
  }

  private void track(LockNeeded.Change change, Path folder, Optional<String> message)
      throws IOException {
    switch (change.flake().type()) {
      case "git" -> {
        Git git = new Git(folder, environment, cancelled).withoutFilters();
        if (git.line("check-ignore", change.file()).isEmpty()) {
          git.text("add", "--intent-to-add", "--", change.file());
          if (message.isPresent()) {
            git.fed(message.get(), "commit", "-F", "-", "--", change.file());
          }
        }
      }
      case "hg" -> {
        Program hg = MercurialFetcher.program(folder, environment, cancelled);
        hg.run("", List.of("add", change.file()));
        if (message.isPresent()) {
          Program.Answer made = hg.run("", List.of("commit", change.file(), "-m", message.get()));
          if (made.status() != 0) {
            throw new IOException("hg failed with exit code " + made.status() + ": " + made.err());
          }
        }
      }
      default -> {}
    }
  }
}
