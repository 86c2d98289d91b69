package org.buildchain.substituter.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * The store that one client uses by way of the worker protocol, with the client's settings.
 * Thread-safe. Whatever fails says so by a {@code StoreException}, a {@code FormatException} or a
 * {@code BuildException} with a message for the user.
 */
public interface WorkerService extends AutoCloseable {
  /** What the daemon is called, with its version. */
  String version();

  /** What the client reads, and adds to. */
  Store store();

  /** Builds what the client asks for. */
  Realiser realiser();

  /** The derivations of {@link #store}. */
  Derivations derivations();

  /** The paths of their outputs. */
  OutputPaths outputPaths();

  /** A folder for what must be seen whole before it enters the store. */
  Path spool();

  /**
   * Takes the client's settings. Those that it may not set are left out.
   *
   * @param warnings takes what the client's user should know of it
   */
  void options(ClientOptions options, boolean trusted, Consumer<String> warnings);

  /** How the client's builds run, by the settings. */
  BuildSettings buildSettings(BuildMode mode);

  /** Where the client's paths may be fetched from, by the settings. */
  Substituter substituter();

  /** The keys of which one must have signed what a client adds that is not trusted. */
  List<PublicKey> trustedKeys();

  /** Whether signatures are asked for at all. */
  boolean requiresSignatures();

  /** Stores an object from its NAR, held to what is said of it; see {@code DiskStore.importNar}. */
  PathInfo add(ForeignObject said, InputStream nar) throws IOException;

  /** Adds signatures to a valid path. */
  void sign(StorePath path, SortedSet<String> signatures) throws IOException;

  /**
   * Signs what was built here with the keys that the settings name, if they name any.
   *
   * @param outputs valid paths
   * @param realisations that are known
   */
  void signBuilt(Collection<StorePath> outputs, Collection<Store.RealisationId> realisations)
      throws IOException;

  /** Keeps a path alive until this service is closed. */
  void holdTemporarily(StorePath path);

  /** Keeps alive what the link at this absolute path leads to, as long as it does. */
  void addIndirectRoot(String link) throws IOException;

  /** Makes a link that keeps an object alive. */
  void addPermanentRoot(StorePath path, String link) throws IOException;

  /**
   * Something that keeps a path alive.
   *
   * @param link a file, or words in braces for what is none
   */
  record Root(String link, StorePath path) {}

  /**
   * Everything that keeps paths alive.
   *
   * @param censored whether processes are not named
   */
  List<Root> roots(boolean censored) throws IOException;

  /** What a collection does. In the order of the protocol's numbers. */
  enum Collecting {
    RETURN_LIVE,
    RETURN_DEAD,
    DELETE_DEAD,
    DELETE_SPECIFIC
  }

  /**
   * What was collected.
   *
   * @param bytes how many the disk has more
   */
  record Freed(Collection<StorePath> paths, long bytes) {}

  /**
   * Collects garbage.
   *
   * @param only for {@code DELETE_SPECIFIC}: these, none of which may be alive
   * @param maxBytes stop when so many are freed; unsigned
   */
  Freed collect(Collecting action, Set<StorePath> only, long maxBytes) throws IOException;

  /**
   * Checks the store.
   *
   * @param contents whether every byte is read
   * @param repair whether what is wrong is fetched or built again, for which every byte is read
   * @param notes takes what is done
   * @param report takes what is wrong
   * @return whether something is wrong and stays so
   */
  boolean verify(boolean contents, boolean repair, Consumer<String> notes, Consumer<String> report)
      throws IOException, InterruptedException;

  /**
   * Fetches or builds again what the disk has lost of outputs and what they refer to.
   *
   * @param notes takes what is done
   * @param report takes what can't be done
   */
  void repair(
      SortedMap<StorePath, SortedMap<String, StorePath>> outputs,
      Consumer<String> notes,
      Consumer<String> report)
      throws IOException, InterruptedException;

  /** Stores the log of a build that ran elsewhere. */
  void addLog(StorePath drvPath, InputStream log) throws IOException;

  /** A realisation, signatures included, as JSON, if it is known and its path valid. */
  Optional<Realisation> realisation(Store.RealisationId id);

  /** Records a realisation. */
  void register(Realisation realisation) throws IOException;

  /** Ends the client's use: its temporary roots are gone. */
  @Override
  void close();
}
