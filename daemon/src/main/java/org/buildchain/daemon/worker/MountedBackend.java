package org.buildchain.daemon.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.settings.SettingsLoader;
import org.buildchain.derivation.realise.Realiser;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.pin.HeldPaths;
import org.buildchain.store.pin.Pins;
import org.buildchain.store.pin.Roots;
import org.buildchain.substituter.worker.WorkerService;

/** The daemon's own store, which clients read through the mount. */
final class MountedBackend implements Backend {
  private final Services services;

  MountedBackend(Services services) {
    this.services = services;
  }

  @Override
  public String version() {
    return "Build Chain " + services.version();
  }

  @Override
  public Store store() {
    return services.store();
  }

  @Override
  public DiskStore disk() {
    return services.store();
  }

  @Override
  public PathInfo importNar(ForeignObject said, InputStream nar) throws IOException {
    return services.store().importNar(said, nar);
  }

  @Override
  public Realiser realiser(Settings settings) {
    services
        .cannotBuild()
        .ifPresent(
            why -> {
              throw new BuildException(why);
            });
    return services.realiser();
  }

  @Override
  public BuildLogs logs() {
    return services.logs();
  }

  @Override
  public Path spool() {
    try {
      return Files.createDirectories(services.root().resolve("cache/uploads"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Settings settings() throws IOException {
    return SettingsLoader.load(services.root(), Map.of()).settings();
  }

  @Override
  public Substituter substituter(Settings settings) {
    return services.substituter(settings);
  }

  @Override
  public BuildSettings buildSettings(Settings settings, BuildMode mode) {
    return Builds.buildSettings(
        settings,
        mode,
        System.getenv(),
        services.root(),
        (int) settings.number("log-lines"),
        OutputDiffer.NONE,
        substituter(settings),
        services.builders(settings, System.getenv()));
  }

  @Override
  public Mending mending(Settings settings, Consumer<String> notes, Consumer<String> errors) {
    return new Mending(
        services.store(),
        substituter(settings),
        paths ->
            services
                .mendingRealiser()
                .realise(paths, buildSettings(settings, BuildMode.NORMAL), _ -> {}),
        notes,
        errors);
  }

  /** Readers see blocks, each checked as it is read. */
  @Override
  public Optional<String> seen(StorePath path, boolean repair) {
    return Optional.empty();
  }

  @Override
  public HeldPaths held() {
    return services.held();
  }

  private Pins pins(String user) {
    return new Pins(
        services.root().resolve("pins/per-user").resolve(user).resolve("nix"), services.view());
  }

  @Override
  public void addIndirectRoot(String user, Path link) throws IOException {
    pins(user).indirect(link);
  }

  @Override
  public void addPermanentRoot(String user, StorePath path, Path link) throws IOException {
    pins(user).link(link, path);
  }

  @Override
  public List<WorkerService.Root> roots() throws IOException {
    Roots roots = services.roots();
    List<WorkerService.Root> all = new ArrayList<>();
    roots.links().forEach((link, path) -> all.add(new WorkerService.Root(link.toString(), path)));
    for (StorePath path : roots.open()) {
      all.add(new WorkerService.Root("{lsof}", path));
    }
    for (StorePath path : held().all()) {
      if (store().isValid(path)) {
        all.add(new WorkerService.Root("{temp}", path));
      }
    }
    return all;
  }

  @Override
  public Collected collect(CollectOptions options) throws IOException {
    return services.collect(options);
  }
}
