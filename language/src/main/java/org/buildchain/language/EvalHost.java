package org.buildchain.language;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Registry;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * The world as an evaluation sees it. Paths are absolute, canonical octet strings. Methods may be
 * called from several threads. Paths inside the store folder read the store's objects.
 */
public interface EvalHost {
  /** What stands at a path. */
  enum FileType {
    REGULAR("regular"),
    DIRECTORY("directory"),
    SYMLINK("symlink"),
    UNKNOWN("unknown");

    private final String nixName;

    FileType(String nixName) {
      this.nixName = nixName;
    }

    /** The name that {@code builtins.readDir} gives. */
    public String nixName() {
      return nixName;
    }
  }

  /** The type of what stands at {@code path}, links not followed; empty if nothing does. */
  Optional<FileType> typeOf(String path) throws IOException;

  /** The target of a symbolic link. */
  String readLink(String path) throws IOException;

  /**
   * A regular file's content as an octet string, links followed.
   *
   * @throws IOException also for devices, FIFOs and files over the host's limit
   */
  String readFile(String path) throws IOException;

  /** A folder's entries, links followed for {@code path} itself but not for the entries. */
  SortedMap<String, FileType> readDirectory(String path) throws IOException;

  /**
   * What tells whether something at a path has changed: while the stamp stays equal, so do its
   * type, content, entries or target. Empty where the host can't promise that, as for what changed
   * a moment ago; then readers compare what they read.
   *
   * @param follow whether links are followed
   */
  default Optional<Object> stamp(String path, boolean follow) throws IOException {
    return Optional.empty();
  }

  /**
   * A place that is looked at.
   *
   * @param follow whether links are followed
   */
  record Place(String path, boolean follow) {}

  /** Stamps of several places, each as {@link #stamp} takes it. */
  interface Stamps {
    /** Whether a place has a stamp, or nothing stands there. */
    boolean tells(int place);

    /** Counts a place as one that never differs. */
    void ignore(int place);

    /** The places whose stamps are others now. */
    BitSet differing();
  }

  /** Takes the stamps of several places at once; empty where that costs as much as one by one. */
  default Optional<Stamps> stamps(List<Place> places) {
    return Optional.empty();
  }

  /** A variable of the caller's environment. */
  Optional<String> environment(String name);

  /** Seconds since 1970, the same throughout an evaluation. */
  long currentTime();

  /** The platform, {@code x86_64-linux}. */
  String currentSystem();

  /**
   * The search path for {@code <name>}: prefix (may be empty) and path or URL, first match wins.
   */
  List<Map.Entry<String, String>> searchPath();

  /** The caller's folder, where relative paths start that are given as strings. */
  default String folder() {
    return "/";
  }

  /** The folder of the store. */
  StoreDir storeDir();

  /** Whether the object is valid; may fetch or build nothing. */
  boolean isValid(StorePath path);

  /**
   * Whether what an earlier evaluation added to the store need not be added again: it is still
   * valid, or this host writes nothing.
   */
  default boolean isKept(StorePath added) {
    return isValid(added);
  }

  /** Whether nothing is written or built, so that paths are taken to be valid unseen. */
  default boolean readOnly() {
    return false;
  }

  /** The references of a valid object. */
  SortedSet<StorePath> references(StorePath path);

  /**
   * Copies a file or folder of the host into the store.
   *
   * @param filter given each entry's full path and type below {@code path}, says whether it is
   *     taken
   * @param expected if given, the content must have this hash, or the call fails
   */
  StorePath addPath(
      String name,
      String path,
      Filter filter,
      IngestionMethod method,
      HashAlgorithm algorithm,
      Optional<Hash> expected)
      throws IOException;

  /** Decides which entries of a tree are copied. */
  @FunctionalInterface
  interface Filter {
    /** Takes everything. */
    Filter ALL = (path, type) -> true;

    /** Whether the entry is taken; a folder that is not is not entered. */
    boolean accept(String path, FileType type) throws IOException;
  }

  /** Stores a text ({@code builtins.toFile}). */
  StorePath addText(String name, String content, SortedSet<StorePath> references)
      throws IOException;

  /**
   * Stores a derivation's file. The host may put off the writing; whoever needs it on disk (a
   * build, the caller's answer) has the host flush first.
   */
  void addDerivation(OutputPaths.Finished derivation) throws IOException;

  /** A stored derivation. */
  Derivation readDerivation(StorePath drvPath) throws IOException;

  /** An output of a derivation, or with {@code output} empty the derivation's own file. */
  record Wanted(StorePath drvPath, String output) {}

  /**
   * Builds what an evaluation needs to go on (import from a derivation) and gives each output's
   * path. Several at once are built in parallel.
   */
  Map<Wanted, StorePath> realise(Set<Wanted> wanted);

  /**
   * Fetches a URL into the store.
   *
   * @param unpack whether the file is an archive whose only folder is stored in its place
   * @param expected the hash of what is stored, if known; without it the result is cached for a
   *     time
   */
  StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException;

  /** What {@link #fetchTree} fetched; the input describes it, its hash included. */
  record FetchedTree(StorePath path, Input input) {}

  /**
   * Fetches a tree or file into the store. Whether it is what the input asks for, the caller looks.
   *
   * @throws IOException also if the host fetches nothing of this type
   */
  default FetchedTree fetchTree(Input input) throws IOException {
    throw new IOException("nothing is fetched here: " + input.toUrl());
  }

  /** Takes closures from binary caches. */
  interface Closures {
    /** Takes none. */
    Closures NONE = new Closures() {};

    /**
     * Makes a path valid from the caller's substituters, unless it is.
     *
     * @throws IOException if none of them has it
     */
    default void ensure(StorePath path) throws IOException {
      throw new IOException("nothing is fetched here");
    }

    /**
     * Makes a path valid from a cache, with all that it refers to, unless it is.
     *
     * @param cache its URL
     * @throws IOException if the cache lacks some of it, or it may not be believed
     */
    default void copy(String cache, StorePath path) throws IOException {
      throw new IOException("nothing is fetched here: " + cache);
    }

    /**
     * Stores what the path, and all that it refers to, become if they are addressed by their
     * content.
     *
     * @return what the path becomes
     * @throws IOException if the cache lacks some of it
     */
    default StorePath addressByContent(String cache, StorePath path) throws IOException {
      throw new IOException("nothing is fetched here: " + cache);
    }
  }

  /** Closures from binary caches. */
  default Closures closures() {
    return Closures.NONE;
  }

  /** Whether a valid path follows from its content. */
  default boolean isContentAddressed(StorePath path) {
    return false;
  }

  /**
   * Looks a reference up in the flake registries of the caller and the machine.
   *
   * @throws IOException if a registry cannot be had
   * @throws org.buildchain.language.fetch.InputException if it is a mere name and no registry has
   *     it
   */
  default Registry.Resolved resolve(Input reference) throws IOException {
    return Registry.resolve(List.of(), () -> Registry.EMPTY, reference);
  }

  /** Whether a flake's lock file can be written. */
  enum LockState {
    /** No: it is not in a folder that can change. */
    NOWHERE,
    /** Yes. */
    WRITABLE,
    /** It was, by this command. */
    WRITTEN
  }

  /** Whether the lock file of a flake in this tree can be written. */
  default LockState lockState(Input tree) {
    return LockState.NOWHERE;
  }

  /** A line for the user: {@code builtins.trace}, warnings. */
  void message(Level level, String text);

  /** Kinds of lines. */
  enum Level {
    /** {@code builtins.trace}: {@code trace:} stands in front of it. */
    TRACE,
    /** {@code warning:} stands in front of it, and a space if it does not begin with a newline. */
    WARNING,
    /** {@code builtins.warn}: likewise {@code evaluation warning:}; nothing before nothing. */
    EVALUATION_WARNING,
    /** What is being done, as it stands. */
    NOTE;

    /** A line or lines as the user sees them. */
    public String shown(String text) {
      if (this == EVALUATION_WARNING && text.isEmpty()) {
        return "";
      }
      String word =
          switch (this) {
            case TRACE -> "trace: ";
            case WARNING -> "warning: ";
            case EVALUATION_WARNING -> "evaluation warning: ";
            case NOTE -> "";
          };
      return (text.startsWith("\n") && this != TRACE ? word.strip() : word) + text;
    }
  }

  /** Whether the caller has gone away; the evaluator asks now and then and stops. */
  boolean cancelled();
}
