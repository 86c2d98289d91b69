package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;

/**
 * How the inputs of a flake that a command names are locked. Source: Nix 2.26 manual, {@code nix
 * build}, "Common flake-related options".
 *
 * @param write whether a lock file that has to change is written; otherwise the change holds for
 *     the command
 * @param update whether it may change
 * @param strict whether an input that nothing can pin is an error, not a warning
 * @param overrides what is taken in the place of inputs
 * @param updates the inputs that are locked anew, by their paths: {@code a/b}
 * @param reference what is read in the place of the lock file
 * @param output the file, an absolute path, that is written in the place of the lock file
 * @param commit whether what was written is committed, in a repository
 */
public record LockOptions(
    boolean write,
    boolean update,
    boolean strict,
    boolean recreate,
    List<Override> overrides,
    Set<String> updates,
    Optional<Reference> reference,
    Optional<String> output,
    boolean commit) {
  /** As {@code builtins.getFlake} has it: nothing is written. */
  public static final LockOptions READ = plain(false);

  /** As commands have it that are told nothing. */
  public static final LockOptions WRITE = plain(true);

  /**
   * An input and what is taken in its place.
   *
   * @param input its path: {@code a/b}
   * @param flake a reference
   */
  public record Override(String input, String flake) {}

  /** A lock file and what it says, if it is there. */
  public record Reference(String path, Optional<String> text) {}

  public LockOptions {
    overrides = List.copyOf(overrides);
    updates = Set.copyOf(updates);
  }

  private static LockOptions plain(boolean write) {
    return new LockOptions(
        write, true, false, false, List.of(), Set.of(), Optional.empty(), Optional.empty(), false);
  }

  /**
   * The same for a command that is there to write the lock file.
   *
   * @param errors whether an input that nothing can pin is an error
   * @param anew whether all inputs are locked anew
   * @param inputs those that are beside these options' own, by their paths
   */
  public LockOptions locking(boolean errors, boolean anew, Set<String> inputs) {
    Set<String> all = new TreeSet<>(updates);
    all.addAll(inputs);
    return new LockOptions(
        true, update, errors, anew || recreate, overrides, all, reference, output, commit);
  }

  /** Different for options that differ. */
  public List<String> words() {
    List<String> out = new ArrayList<>();
    out.add("" + write + update + strict + recreate + commit);
    overrides.forEach(o -> out.addAll(List.of("override", o.input(), o.flake())));
    new TreeSet<>(updates).forEach(u -> out.addAll(List.of("update", u)));
    reference.ifPresent(r -> out.addAll(List.of("reference", r.path(), r.text().toString())));
    output.ifPresent(o -> out.addAll(List.of("output", o)));
    return out;
  }

  /**
   * The names in an input's path.
   *
   * @throws InputException if one is none
   */
  public static List<String> path(String input) {
    List<String> out = new ArrayList<>();
    for (String name : input.split("/")) {
      if (!name.isEmpty() && !FlakeRefs.isId(name)) {
        throw new InputException("invalid flake input path element '" + name + "'");
      }
      if (!name.isEmpty()) {
        out.add(name);
      }
    }
    return List.copyOf(out);
  }
}
