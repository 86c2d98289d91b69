package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.substituter.worker.WorkerService;

/** A store and what belongs to it, for all clients. Thread-safe. */
interface Backend {
  /** What clients are told that they speak with. */
  String version();

  /** What reads and adds. */
  Store store();

  /** What stands behind {@link #store}. */
  DiskStore disk();

  /** Stores an object from its NAR. */
  PathInfo importNar(ForeignObject said, InputStream nar) throws IOException;

  /** What builds, by these settings. */
  Realiser realiser(Settings settings);

  BuildLogs logs();

  /** A folder for files that are needed for a moment. */
  Path spool();

  /** The settings from the files, read now. */
  Settings settings() throws IOException;

  Substituter substituter(Settings settings);

  BuildSettings buildSettings(Settings settings, BuildMode mode);

  /** What puts back what the disk has lost, by these settings. */
  Mending mending(Settings settings, Consumer<String> notes, Consumer<String> errors);

  /**
   * What is wrong with a valid path beside its blocks: with what readers see of it.
   *
   * @param repair whether it is put right
   */
  Optional<String> seen(StorePath path, boolean repair) throws IOException;

  HeldPaths held();

  /** Pins for a user what a link leads to. */
  void addIndirectRoot(String user, Path link) throws IOException;

  /** Makes a link to an object that pins it. */
  void addPermanentRoot(String user, StorePath path, Path link) throws IOException;

  /** Everything that keeps paths alive. */
  List<WorkerService.Root> roots() throws IOException;

  Collected collect(CollectOptions options) throws IOException;

  /** The store as a new client uses it. */
  default ClientService client(String user, Settings settings) {
    return new ClientService(this, user, settings);
  }
}
