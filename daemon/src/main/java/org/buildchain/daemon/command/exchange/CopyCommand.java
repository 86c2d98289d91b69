package org.buildchain.daemon.command.exchange;

import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.upload.Destinations;
import org.buildchain.substituter.worker.RemoteStore;
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
      "  bc copy --from unix:///nix/var/nix/daemon-socket/socket /nix/store/...-hi"
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

  @Mixin private SettingOptions settingOptions;

  @Mixin private PathOptions paths;

  @Override
  public Integer call() throws Exception {
    if (from.isPresent() == to.isPresent()) {
      throw new CommandException("give one of '--from' and '--to'");
    }
    if (paths.none()) {
      throw new CommandException("name what is to be copied");
    }
    String url = from.or(() -> to).orElseThrow();
    if (!RemoteStore.isOne(url) && !Destinations.isOne(url)) {
      throw unknown(url);
    }
    List<StorePath> wantedPaths =
        to.isPresent()
            ? paths.built(context, settingOptions)
            : paths.named(context, settingOptions);
    if (to.isPresent() && Destinations.isOne(to.get())) {
      new CacheCopy(context, settingOptions.apply(context.settings(), context.messages()::warning))
          .to(to.get(), wantedPaths);
      return 0;
    }
    if (to.isPresent() || RemoteStore.isOne(from.get())) {
      RemoteCopy copy =
          new RemoteCopy(
              context,
              settingOptions.apply(context.settings(), context.messages()::warning),
              unsigned);
      if (to.isPresent()) {
        copy.to(to.get(), wantedPaths);
      } else {
        copy.from(from.get(), wantedPaths);
      }
      return 0;
    }
    Settings settings =
        settingOptions
            .apply(context.settings(), context.messages()::warning)
            .with("substituters", from.get())
            .with("substitute", "true");
    if (unsigned) {
      settings = settings.with("require-sigs", "false");
    }
    List<DerivedPath> wanted =
        wantedPaths.stream().<DerivedPath>map(DerivedPath.Opaque::new).toList();
    new Builds(context, settings, false).realise(wanted);
    return 0;
  }

  private static CommandException unknown(String url) {
    return new CommandException(
        "don't know how to open '"
            + url
            + "': expected a cache, 'http://', 'https://', 's3://' or 'file://', or another store,"
            + " 'unix://', 'ssh-ng://' or 'ssh://'");
  }
}
