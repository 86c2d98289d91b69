package org.buildchain.daemon.command.store;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.ClosureOptions;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Mends paths. Source: Nix 2.26 manual, {@code nix store repair}. */
@Command(
    name = "repair",
    description =
        "Looks whether store paths are damaged, and fetches or builds again those that are.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store repair ./result",
      "  bc store repair -r ./result          with all that it refers to",
      "  bc store verify --repair             everything"
    })
final class StoreRepairCommand extends BcCommand {
  @Mixin private ClosureOptions paths;

  @Mixin private SettingOptions settingOptions;

  @Override
  public Integer call() throws Exception {
    DiskStore store = context.services().store();
    Settings settings = context.settings(settingOptions);
    Collection<StorePath> chosen = paths.chosen(context, settingOptions);
    for (StorePath path : chosen) {
      if (!store.isValid(path)) {
        throw new CommandException("path '" + store.dir().print(path) + "' is not valid");
      }
    }
    SortedSet<StorePath> damaged = new TreeSet<>();
    store.verify(chosen, (path, problem) -> damaged.add(path));
    return damaged.isEmpty() || Mending.of(context, settings).mend(damaged).isEmpty() ? 0 : 1;
  }
}
