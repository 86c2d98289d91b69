package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.Posix;

/**
 * Compares what was built again with what is valid. Source: {@code registerOutputs} of Nix 2.26 in
 * its mode {@code bmCheck}; unlike that, a content-addressed output that comes out under another
 * path than before is a difference too.
 *
 * @param checkRoot gets an output that differs, as {@code {base name}.check}, where that is asked
 * @param inputRoot shows what is valid by base name
 * @param label the derivation, for messages
 * @param known the valid outputs
 * @param scratch the path under which the builder made each output
 * @param made holds those by base name
 * @param buildFolder where the builder ran
 */
public record OutputComparison(
    Store store,
    Path checkRoot,
    Path inputRoot,
    BuildSettings settings,
    String label,
    SortedMap<String, StorePath> known,
    SortedMap<String, StorePath> scratch,
    Path made,
    Path buildFolder,
    Consumer<String> notes)
    implements OutputRegistration.Keeper {

  /** Nix's exit status for a build that is not deterministic. */
  private static final int NOT_DETERMINISTIC = 104;

  @Override
  public void keep(List<BuiltOutput> outputs) throws IOException {
    for (BuiltOutput output : outputs) {
      Optional<PathInfo> first =
          Optional.ofNullable(known.get(output.name())).flatMap(store::query);
      if (first.isPresent() && differs(first.get(), output)) {
        report(first.get().path(), output);
      }
    }
  }

  private boolean differs(PathInfo first, BuiltOutput second) throws IOException {
    Hash hash =
        store.contentHash(
            second.tree(), IngestionMethod.NAR, HashAlgorithm.SHA256, Optional.empty());
    return !first.path().equals(second.path()) || !first.narHash().equals(hash);
  }

  private void report(StorePath first, BuiltOutput second) throws IOException {
    String name = store.dir().print(first);
    settings.differ().explain(name, store.open(first), second.tree()).forEach(notes);
    String problem =
        "derivation '" + label + "' may not be deterministic: output '" + name + "' differs";
    Path path = made.resolve(scratch.get(second.name()).toString());
    boolean wanted = settings.keepFailed() || settings.hooks().diff().isPresent();
    if (!wanted || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new BuildException(problem, NOT_DETERMINISTIC);
    }
    String kept = Octets.fromText(keep(first, path).toString());
    if (settings.hooks().diff().isPresent()) {
      diff(settings.hooks().diff().get(), first, kept);
    }
    throw new BuildException(problem + " from '" + kept + "'", NOT_DETERMINISTIC);
  }

  /** Moves an output to where it can be read, with no rights left but to do that. */
  private Path keep(StorePath first, Path made) throws IOException {
    Files.createDirectories(checkRoot);
    Path kept = checkRoot.resolve(first + ".check");
    Posix.removeTree(Octets.fromText(kept.toString()));
    Object user = Files.getAttribute(checkRoot, "unix:uid");
    Object group = Files.getAttribute(checkRoot, "unix:gid");
    try (Stream<Path> files = Files.walk(made)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        // First the owner: that takes set-uid bits away.
        Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        if (!Files.isSymbolicLink(file)) {
          boolean runs = Files.isDirectory(file) || Files.isExecutable(file);
          Files.setPosixFilePermissions(
              file, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
    return Files.move(made, kept);
  }

  /** Source: {@code handleDiffHook} of Nix 2.26. How the hook ends changes nothing. */
  private void diff(String program, StorePath first, String second) throws IOException {
    List<String> command =
        List.of(
            program,
            Octets.fromText(inputRoot.resolve(first.toString()).toString()),
            second,
            label,
            Octets.fromText(buildFolder.toString()));
    try {
      String problem = HookProcess.run(command, settings.environment(), notes);
      if (!problem.isEmpty()) {
        notes.accept("error: diff hook execution failed: diff-hook " + problem);
      }
    } catch (IOException e) {
      notes.accept("error: diff hook execution failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
