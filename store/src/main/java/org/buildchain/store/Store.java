package org.buildchain.store;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A store of verified objects. Thread-safe. What a method returns as stored is durable: a crash or
 * a loss of power afterwards does not undo it, and one before leaves nothing half-visible. Every
 * byte that is read has been checked against its CID.
 */
public interface Store extends AutoCloseable {
  /** The folder that paths are computed for. */
  StoreDir dir();

  /**
   * A time during which the collector removes nothing that this store has said to be valid, or has
   * added, since it began. Whoever relies on more than one answer holds one: a command, a build.
   */
  interface Use extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins a use. A store without a collector need not do anything. */
  default Use use() {
    return () -> {};
  }

  /** What is known of a path, or empty if it is not valid. */
  Optional<PathInfo> query(StorePath path);

  /** Whether {@code path} is valid. */
  default boolean isValid(StorePath path) {
    return query(path).isPresent();
  }

  /**
   * Whether {@code path} is valid and lacks no block that the store knows to be lost. Whoever would
   * add it asks this: adding it again mends it.
   */
  default boolean holds(StorePath path) {
    return isValid(path);
  }

  /**
   * A number that differs whenever another set of paths is valid than before. It costs next to
   * nothing to ask for.
   */
  long version();

  /** Every valid path, ascending. */
  SortedSet<StorePath> allPaths();

  /** The valid paths that refer to {@code path}, itself excluded. */
  SortedSet<StorePath> referrers(StorePath path);

  /**
   * The paths reachable from {@code roots} by references, roots included.
   *
   * @throws StoreException if one of them is not valid
   */
  SortedSet<StorePath> closure(Collection<StorePath> roots);

  /** The valid path with this hash part, if any. */
  Optional<StorePath> byHashPart(String hashPart);

  /**
   * A text with the references it declares, as {@code builtins.toFile} and derivations are stored.
   *
   * @param content an octet string
   */
  record Text(String name, String content, SortedSet<StorePath> references) {}

  /**
   * Stores texts, and files that were copied for them, in one step: all of them or none. Those
   * already valid cost next to nothing. A text may refer to others of the same call and to its
   * files. A kill loses nothing of it; a loss of power may, until something is stored durably or a
   * moment has passed, since an evaluation writes them again.
   *
   * @param files without references to each other
   * @return the texts' paths, in the order given
   * @throws StoreException if a reference is not valid
   */
  List<StorePath> addTexts(List<Text> texts, List<NewObject> files) throws IOException;

  /** The same without files. */
  default List<StorePath> addTexts(List<Text> texts) throws IOException {
    return addTexts(texts, List.of());
  }

  /** The path that {@link #addTexts} gives such a text, without storing it. */
  StorePath textPath(Text text);

  /**
   * Stores a tree under the path that follows from its content, without references.
   *
   * @throws StoreException if {@code method} needs a regular file and the tree is none
   */
  StorePath addTree(String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException;

  /** The path that {@link #addTree} gives, without storing anything. */
  StorePath treePath(String name, FileTree tree, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException;

  /**
   * Stores trees under known paths in one durable step: all of them or none. A path that is valid
   * already keeps its content. Objects of one call may refer to each other, but not in a circle.
   *
   * @return what is now known of each, in the order given
   * @throws StoreException if a cycle of references exists
   */
  List<PathInfo> addObjects(List<NewObject> objects) throws IOException;

  /**
   * The digest by which a tree is content-addressed: of its NAR or its file, each occurrence of
   * {@code selfHash} zeroed where one is given.
   */
  Hash contentHash(
      FileTree tree, IngestionMethod method, HashAlgorithm algorithm, Optional<String> selfHash)
      throws IOException;

  /** Which of {@code candidates} occur, by their hash parts, in the tree. */
  SortedSet<StorePath> scan(FileTree tree, Set<StorePath> candidates) throws IOException;

  /**
   * The tree of a valid path, references restored.
   *
   * @throws StoreException if the path is not valid
   */
  FileTree open(StorePath path) throws IOException;

  /**
   * A realisation: output {@code id.output} of the derivation with this hash modulo is {@code
   * path}.
   *
   * @param dependents what outputs of other derivations were when this one was made, as far as the
   *     path refers to them; empty if that is not known
   */
  void addRealisation(
      RealisationId id, StorePath path, SortedMap<RealisationId, StorePath> dependents)
      throws IOException;

  /** The recorded realisation, if its path is valid. */
  Optional<StorePath> realisation(RealisationId id);

  /** The realisations that a recorded one was made with, as far as its path refers to them. */
  SortedMap<RealisationId, StorePath> dependents(RealisationId id);

  /** Records who made a path, in one durable step. Unknown paths are passed over. */
  void setDerivers(Map<StorePath, StorePath> derivers) throws IOException;

  /**
   * Names an output of a derivation by content.
   *
   * @param drvHash hash modulo of the resolved derivation
   */
  record RealisationId(Hash drvHash, String output) implements Comparable<RealisationId> {
    /** As their texts. */
    @Override
    public int compareTo(RealisationId other) {
      return toString().compareTo(other.toString());
    }

    /**
     * Reads {@code sha256:base16!output}.
     *
     * @throws FormatException if it is none
     */
    public static RealisationId parse(String text) {
      int at = text.indexOf('!');
      if (at < 0 || text.chars().anyMatch(c -> c <= ' ')) {
        throw new FormatException("Invalid derivation output id " + text);
      }
      return new RealisationId(
          Hash.parse(text.substring(0, at), Optional.of(HashAlgorithm.SHA256)),
          text.substring(at + 1));
    }

    /** {@code sha256:base16!output}, as Nix prints it. */
    @Override
    public String toString() {
      return drvHash.prefixed(Hash.Format.BASE16) + "!" + output;
    }
  }

  @Override
  void close();
}
