package org.buildchain.daemon.command.exchange;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.ClosureOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.upload.Destinations;
import org.buildchain.substituter.worker.client.RemoteStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Copies paths from and to other stores. */
@Command(
    name = "copy",
    description =
        "Copies store paths, with all that they refer to, from and to a binary cache or"
            + " another machine's store.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc copy --from https://cache.example.org /nix/store/...-hello",
      "  bc copy --from file:///mnt/cache --no-check-sigs /nix/store/...-hello",
      "  bc copy --to 'file:///mnt/cache?secret-key=secret.key' ./result",
      "  bc copy --to 's3://bucket?region=eu-west-1&compression=zstd' ./result",
      "  bc copy --to http://cache.example.org:5000 --option netrc-file netrc ./result",
      "  bc copy --to file:///mnt/cache -f . hello    built first, if it is not",
      "  bc copy --to ssh-ng://builder.example.org ./result",
      "  bc copy --from unix:///nix/var/nix/daemon-socket/socket /nix/store/...-hi",
      "  bc copy -s --to ssh-ng://host ./result    which first asks its own caches",
      "  bc copy --all --to file:///mnt/backup"
    })
public final class CopyCommand extends BcCommand {
  @Option(
      names = "--from",
      paramLabel = "URL",
      description =
          "A cache: http://, https://, s3:// or file://; or another store: unix://, ssh-ng:// or"
              + " ssh://.")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "URL",
      description =
          "A cache: file:///folder, s3://bucket, or http:// or https:// where one takes uploads;"
              + " with Nix's parameters behind '?', '&' between them: compression=xz|zstd|bzip2|"
              + "gzip|none, compression-level=N, secret-key=FILE, write-nar-listing=true. Or"
              + " another store, Nix's or bc's: unix://, ssh-ng:// or ssh://.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--no-check-sigs",
      description = "Believe the cache: take paths that no trusted key has signed.")
  private boolean unsigned;

  @Option(
      names = "--no-recursive",
      description = "The paths alone; what they refer to must be there.")
  private boolean alone;

  @Option(names = "--all", description = "With --to: every valid path.")
  private boolean all;

  @Option(
      names = "--derivation",
      description = "The derivations, with what they are built from, not their outputs.")
  private boolean derivation;

  @Option(
      names = {"-s", "--substitute-on-destination"},
      description = "Let another store first fetch what it can from its own caches.")
  private boolean substitute;

  @Option(
      names = {"-o", "--out-link"},
      paramLabel = "NAME",
      description = "With --from: leave links to what was fetched, NAME, NAME-1, ...")
  private Optional<String> outLink = Optional.empty();

  @Mixin private SettingOptions settingOptions;

  @Mixin private PathOptions paths;

  @Override
  public Integer call() throws Exception {
    if (from.isPresent() == to.isPresent()) {
      throw new CommandException("give one of '--from' and '--to'");
    }
    if (all && from.isPresent()) {
      throw new CommandException("'--all' goes with '--to': name what is to be fetched");
    }
    if (outLink.isPresent() && to.isPresent()) {
      throw new CommandException("'--out-link' is not supported for this Nix store");
    }
    if (!all && paths.none()) {
      throw new CommandException("name what is to be copied");
    }
    String url = from.or(() -> to).orElseThrow();
    if (!RemoteStore.isOne(url) && !Destinations.isOne(url)) {
      throw unknown(url);
    }
    Settings settings = context.settings(settingOptions);
    if (to.isPresent()) {
      send(settings, to.get());
      return 0;
    }
    List<StorePath> wanted =
        derivation
            ? paths.derivations(context, settingOptions)
            : paths.named(context, settingOptions);
    if (RemoteStore.isOne(from.get())) {
      new RemoteCopy(context, settings, unsigned).from(from.get(), wanted);
    } else {
      fetch(settings, from.get(), wanted);
    }
    for (int i = 0; outLink.isPresent() && i < wanted.size(); i++) {
      BuildRequest.pin(context, outLink.get() + (i == 0 ? "" : "-" + i), wanted.get(i));
    }
    return 0;
  }

  private void send(Settings settings, String url) throws IOException, InterruptedException {
    DiskStore store = context.services().store();
    Collection<StorePath> roots =
        all
            ? ClosureOptions.everything(paths, store::allPaths)
            : derivation
                ? paths.derivations(context, settingOptions)
                : paths.built(context, settingOptions);
    Collection<StorePath> sent = alone ? roots : store.closure(roots);
    if (Destinations.isOne(url)) {
      new CacheCopy(context, settings).to(url, sent);
    } else {
      new RemoteCopy(context, settings, unsigned).to(url, sent, substitute);
    }
  }

  private void fetch(Settings configured, String url, List<StorePath> paths)
      throws InterruptedException {
    Settings settings = configured.with("substituters", url).with("substitute", "true");
    if (unsigned) {
      settings = settings.with("require-sigs", "false");
    }
    List<DerivedPath> wanted = paths.stream().<DerivedPath>map(DerivedPath.Opaque::new).toList();
    new Builds(context, settings, false).realise(wanted);
  }

  private static CommandException unknown(String url) {
    return new CommandException(
        "don't know how to open '"
            + url
            + "': expected a cache, 'http://', 'https://', 's3://' or 'file://', or another store,"
            + " 'unix://', 'ssh-ng://' or 'ssh://'");
  }
}
