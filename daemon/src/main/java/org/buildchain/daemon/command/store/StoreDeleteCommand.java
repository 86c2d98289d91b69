package org.buildchain.daemon.command.store;

import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.ClosureOptions;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes paths that nothing keeps alive. Source: Nix 2.26 manual, {@code nix store delete}. */
@Command(
    name = "delete",
    description = "Removes the named paths, if nothing keeps them alive.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store delete /nix/store/...-hello",
      "  bc store delete --ignore-liveness ./result    although it is linked to",
      "  bc store delete nixpkgs#hello"
    })
final class StoreDeleteCommand extends BcCommand {
  @Mixin private ClosureOptions paths;

  @Mixin private SettingOptions settings;

  @Option(
      names = "--ignore-liveness",
      description =
          "Whether or not links or other pins lead there; what is open, or referred to by other"
              + " paths, stays.")
  private boolean ignoreLiveness;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    DiskStore store = context.services().store();
    Set<StorePath> chosen = new TreeSet<>(paths.chosen(context, settings));
    CollectOptions options = StoreGcCommand.only(chosen);
    Collected collected =
        ignoreLiveness ? context.services().remove(options) : context.services().collect(options);
    StoreGcCommand.print(context, collected, false, json);
    chosen.removeAll(collected.paths());
    chosen.removeIf(path -> !store.isValid(path));
    for (StorePath path : chosen) {
      context
          .messages()
          .error(
              "cannot delete path '"
                  + store.dir().print(path)
                  + "' since a running command uses it");
    }
    return chosen.isEmpty() ? 0 : 1;
  }
}
