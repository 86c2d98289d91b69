package org.buildchain.daemon.command;

import java.util.List;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches paths from a binary cache. */
@Command(
    name = "copy",
    description = "Fetches store paths, with all that they refer to, from a binary cache.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc copy --from https://cache.example.org /nix/store/...-hello-1.0",
      "  bc copy --from file:///mnt/cache --no-check-sigs /nix/store/...-hello-1.0"
    })
final class CopyCommand extends BcCommand {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "URL",
      description = "The cache: http://, https:// or file://.")
  private String from;

  @Option(
      names = "--no-check-sigs",
      description = "Believe the cache: take paths that no trusted key has signed.")
  private boolean unsigned;

  @Mixin private SettingOptions settingOptions;

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Store paths.")
  private List<String> paths;

  @Override
  public Integer call() throws Exception {
    StoreDir dir = context.services().store().dir();
    Settings settings =
        settingOptions
            .apply(context.settings(), context.messages()::warning)
            .with("substituters", from)
            .with("substitute", "true");
    if (unsigned) {
      settings = settings.with("require-sigs", "false");
    }
    List<DerivedPath> wanted =
        paths.stream().<DerivedPath>map(p -> new DerivedPath.Opaque(parse(dir, p))).toList();
    new Builds(context, settings, false).realise(wanted);
    return 0;
  }

  private static StorePath parse(StoreDir dir, String path) {
    try {
      return dir.parse(path);
    } catch (FormatException e) {
      throw new CommandException("'" + path + "' is no store path: " + e.getMessage());
    }
  }
}
