package org.buildchain.daemon.command.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.KeyFiles;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.SecretKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Signs paths. Source: Nix 2.26 manual, {@code nix store sign}. */
@Command(
    name = "sign",
    description = "Signs store paths; caches and copies of them show the signatures.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store sign -k secret.key ./result",
      "  bc store sign -k secret.key -r ./result    the whole closure",
      "  bc store sign -k secret.key --all"
    })
final class StoreSignCommand extends BcCommand {
  @Mixin private PathOptions paths;

  /** None are options here: -k is the key. */
  private final SettingOptions settings = new SettingOptions();

  @Option(
      names = {"-r", "--recursive"},
      description = "The whole closures.")
  private boolean recursive;

  @Option(names = "--all", description = "Every valid path.")
  private boolean all;

  @Option(
      names = {"-k", "--key-file"},
      paramLabel = "FILE",
      description = "The secret key, as 'bc key generate' writes it.")
  private Optional<String> keyFile = Optional.empty();

  @Override
  public Integer call() throws Exception {
    DiskStore store = context.services().store();
    Collection<StorePath> chosen = all ? store.allPaths() : paths.objects(context, settings);
    if (keyFile.isEmpty()) {
      throw new CommandException("you must specify a secret key file using '-k'");
    }
    SecretKey key = KeyFiles.read(context, List.of(keyFile.get())).getFirst();
    int added = 0;
    for (StorePath path : recursive ? store.closure(chosen) : chosen) {
      PathInfo info =
          store
              .query(path)
              .orElseThrow(
                  () ->
                      new CommandException("path '" + store.dir().print(path) + "' is not valid"));
      String signature =
          key.sign(
              new Fingerprint(store.dir(), path, info.narHash(), info.narSize(), info.references())
                  .bytes());
      if (!info.signatures().contains(signature)) {
        store.sign(path, new TreeSet<>(List.of(signature)));
        added++;
      }
    }
    context.messages().note("added " + added + " signatures");
    return 0;
  }
}
