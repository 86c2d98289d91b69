package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.daemon.host.archive.ArchiveTree;
import org.buildchain.language.fetch.Input;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.DiskTree;

/**
 * Fetches Git repositories as Nix does. A local one that is not bare is read where it stands:
 * without a commit or branch its working folder, as far as git tracks it; all others are kept as
 * bare repositories, one for each URL, and updated when a branch was last looked at longer ago than
 * {@code tarball-ttl}. Source: {@code libfetchers/git.cc} of Nix 2.26.
 */
public final class GitFetcher {
  private static final int SHORT_REV = 7;
  private static final int MAX_NESTING = 32;

  private final GitMirrors mirrors;
  private final Function<Path, Git> programs;
  private final Path temporary;
  private final Consumer<String> warnings;
  private final GitSignatures signatures;

  /**
   * @param programs git in a folder
   * @param temporary a folder for files that do not outlive a call
   * @param warnings gets what the user should know
   */
  public GitFetcher(
      GitMirrors mirrors, Function<Path, Git> programs, Path temporary, Consumer<String> warnings) {
    this.mirrors = mirrors;
    this.programs = programs;
    this.temporary = temporary;
    this.warnings = warnings;
    this.signatures = new GitSignatures(temporary);
  }

  /** Puts a tree's files into another one. */
  @FunctionalInterface
  private interface Filling {
    void fill(ArchiveTree into, String prefix, int depth) throws IOException;
  }

  /**
   * What an input stands for, found but not read.
   *
   * @param description the input with commit, time, count
   * @param key names what is in the tree; absent where that may change
   */
  public record Found(Input description, Optional<String> key, Filling filling) {
    /** Reads it. */
    public void fill(ArchiveTree into) throws IOException {
      filling.fill(into, "", 0);
    }
  }

  /** Finds what {@code in} stands for. */
  public Found find(Input in) throws IOException {
    if (in.flag("exportIgnore") && in.flag("submodules")) {
      throw new IOException("exportIgnore and submodules are not supported together yet");
    }
    GitLocation at = GitLocation.of(in.required("url"));
    if (at.folder().isEmpty()) {
      boolean named = in.ref().isPresent() || in.rev().isPresent();
      Input of = named ? in : in.with("ref", mirrors.head(at.url(), in));
      return commit(of, mirrors.at(at.url(), of), at.url(), at.url());
    }
    String place = Octets.fromText(at.folder().get().toString());
    Git git = programs.apply(at.folder().get());
    if (in.ref().isEmpty() && in.rev().isEmpty()) {
      return working(in, git);
    }
    String ref = in.ref().isPresent() ? in.ref().get() : head(git.line("symbolic-ref", "HEAD"), at);
    String rev = in.rev().isPresent() ? in.rev().get() : object(git, ref, ref);
    return commit(
        in.with("ref", ref).with("rev", rev),
        git,
        place,
        git.line("config", "remote.origin.url").orElse(place));
  }

  private String head(Optional<String> found, GitLocation at) {
    return found.orElseGet(
        () -> {
          warnings.accept(
              "could not read HEAD ref from repo at '" + at.url() + "', using 'master'");
          return "master";
        });
  }

  private Found commit(Input wanted, Git git, String place, String origin) throws IOException {
    String ref = wanted.ref().orElse("HEAD");
    Input in =
        wanted.rev().isPresent()
            ? wanted
            : wanted.with("rev", object(git, ref, GitMirrors.kept(ref)));
    boolean shallow = in.flag("shallow");
    if (!shallow && "true".equals(git.line("rev-parse", "--is-shallow-repository").orElse(""))) {
      throw new IOException(
          "'"
              + place
              + "' is a shallow Git repository, but shallow repositories are only allowed when"
              + " `shallow = true;` is specified");
    }
    String rev = in.rev().orElseThrow();
    Optional<String> kind = git.line("cat-file", "-t", rev);
    if (kind.isEmpty()) {
      throw new IOException(
          "getting Git object '" + rev + "': object not found - no match for id (" + rev + ")");
    }
    Input out = in.with("lastModified", lastModified(git, rev));
    // As Nix has it: attributes are looked up in a commit, and an annotated tag is none.
    boolean exported =
        in.flag("exportIgnore")
            && !(kind.get().equals("tag")
                && git.line("rev-parse", "--is-bare-repository").orElse("").equals("true"));
    // Submodules may be told relative to where the repository comes from.
    String key =
        "git "
            + rev
            + (exported ? " exported" : "")
            + (in.flag("submodules") ? " submodules " + origin : "");
    Input counted = shallow ? out : out.with("revCount", revCount(git, rev));
    signatures.verify(in, git, rev);
    return new Found(
        counted,
        Optional.of(key),
        (into, prefix, depth) ->
            fill(in.with("exportIgnore", exported), git, origin, into, prefix, depth));
  }

  private void fill(Input in, Git git, String origin, ArchiveTree into, String prefix, int depth)
      throws IOException {
    String rev = in.rev().orElseThrow();
    GitObjects objects = new GitObjects(git, rev);
    List<GitObjects.Entry> entries =
        in.flag("exportIgnore") ? objects.exported(temporary) : objects.entries();
    objects.fill(entries, into, prefix);
    if (in.flag("submodules")) {
      GitSubmodules modules = GitSubmodules.ofCommit(git, rev, origin);
      for (GitObjects.Entry e : entries) {
        if (e.isSubmodule()) {
          Optional<Map<String, Object>> module = modules.at(e.path());
          if (module.isPresent()) {
            Map<String, Object> a = new TreeMap<>(module.get());
            a.put("rev", e.id());
            a.put("allRefs", true);
            nested(Input.of(a), into, prefix + e.path() + "/", depth);
          }
        }
      }
    }
  }

  private Found nested(Input in, ArchiveTree into, String prefix, int depth) throws IOException {
    if (depth >= MAX_NESTING) {
      throw new IOException("submodules are nested more than " + MAX_NESTING + " deep");
    }
    Found found = find(in);
    found.filling().fill(into, prefix, depth + 1);
    return found;
  }

  /** The object that a name stands for: a commit, or an annotated tag as such. */
  private static String object(Git git, String ref, String name) throws IOException {
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        .filter(line -> !line.startsWith("--"))
        .orElseThrow(
            () ->
                new IOException(
                    "resolving Git reference '" + ref + "': revspec '" + ref + "' not found"));
  }

  private static long lastModified(Git git, String rev) throws IOException {
    return Long.parseLong(
        git.text("log", "-1", "--format=%ct", "--no-show-signature", rev).strip());
  }

  private static long revCount(Git git, String rev) throws IOException {
    return Long.parseLong(git.text("rev-list", "--count", rev).strip());
  }

  /** The working folder: what is tracked, as it stands now. */
  private Found working(Input in, Git git) throws IOException {
    boolean dirty =
        !git.withoutFilters()
            .text("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all")
            .isEmpty();
    if (in.flag("submodules")) {
      for (String module : tracked(git).submodules()) {
        Path at = git.repository().resolve(Octets.toText(module));
        dirty |=
            Files.exists(at.resolve(".git")) && find(submodule(at)).description().rev().isEmpty();
      }
    }
    return new Found(
        described(in, git, dirty),
        Optional.empty(),
        (into, prefix, depth) -> fillWorking(in, git, into, prefix, depth));
  }

  private record Tracked(List<String> files, List<String> submodules) {}

  private static Tracked tracked(Git git) throws IOException {
    List<String> files = new ArrayList<>();
    List<String> modules = new ArrayList<>();
    for (String line : git.text("ls-files", "-z", "--stage").split("\0")) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        (line.startsWith("160000") ? modules : files).add(line.substring(tab + 1));
      }
    }
    return new Tracked(files, modules);
  }

  private void fillWorking(Input in, Git git, ArchiveTree into, String prefix, int depth)
      throws IOException {
    Tracked tracked = tracked(git);
    List<String> files = tracked.files();
    Set<String> ignored =
        in.flag("exportIgnore") ? GitObjects.ignored(git, withFolders(files)) : Set.of();
    for (String file : files) {
      Path p = git.repository().resolve(Octets.toText(file));
      if (!Files.exists(p, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      // As Nix has it: a folder stays though all in it is ignored.
      for (int i = file.indexOf('/'); i > 0; i = file.indexOf('/', i + 1)) {
        if (!GitObjects.within(file.substring(0, i), ignored)) {
          into.folder(prefix + file.substring(0, i));
        }
      }
      if (!GitObjects.within(file, ignored)) {
        into.node(prefix + file, DiskTree.of(Octets.fromText(p.toString())));
      }
    }
    // And of submodules that are not asked for there is no trace here, unlike in a commit.
    for (String module : in.flag("submodules") ? tracked.submodules() : List.<String>of()) {
      into.folder(prefix + module);
      Path at = git.repository().resolve(Octets.toText(module));
      if (Files.exists(at.resolve(".git"))) {
        nested(submodule(at), into, prefix + module + "/", depth);
      }
    }
  }

  private static Input submodule(Path folder) {
    return Input.of(
        Map.of("type", "git", "url", Octets.fromText(folder.toString()), "submodules", true));
  }

  private static List<String> withFolders(List<String> files) {
    Set<String> out = new TreeSet<>(files);
    for (String f : files) {
      for (int i = f.indexOf('/'); i > 0; i = f.indexOf('/', i + 1)) {
        out.add(f.substring(0, i));
      }
    }
    return List.copyOf(out);
  }

  private Input described(Input in, Git git, boolean dirty) throws IOException {
    Optional<String> head = git.line("rev-parse", "--quiet", "--verify", "HEAD^{commit}");
    Input out = in.with("lastModified", head.isPresent() ? lastModified(git, head.get()) : 0L);
    if (!dirty) {
      Optional<String> ref = git.line("symbolic-ref", "--quiet", "HEAD");
      out = ref.isPresent() ? out.with("ref", ref.get()) : out;
      String rev = head.orElse("0".repeat(40));
      Input found =
          out.with("rev", rev).with("revCount", head.isPresent() ? revCount(git, rev) : 0L);
      signatures.verify(in, git, rev);
      return found;
    }
    warnings.accept("Git tree '" + git.repository() + "' is dirty");
    signatures.refuseChanged(in);
    return head.isEmpty()
        ? out
        : out.with("dirtyRev", head.get() + "-dirty")
            .with("dirtyShortRev", head.get().substring(0, SHORT_REV) + "-dirty");
  }
}
