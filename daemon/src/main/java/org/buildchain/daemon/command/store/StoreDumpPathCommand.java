package org.buildchain.daemon.command.store;

import java.util.List;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Writes an object as an archive. Source: Nix 2.26 manual, {@code nix store dump-path}. */
@Command(
    name = "dump-path",
    description = "Writes a store object to standard output as a NAR.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store dump-path ./result > result.nar",
      "  bc store dump-path nixpkgs#hello > hello.nar"
    })
final class StoreDumpPathCommand extends BcCommand {
  @Mixin private PathOptions paths;

  @Mixin private SettingOptions settings;

  @Override
  public Integer call() throws Exception {
    List<StorePath> objects = paths.built(context, settings);
    if (objects.size() != 1) {
      throw new CommandException("this command requires exactly one store path");
    }
    Nar.write(context.services().store().open(objects.getFirst()), NarCommand.sink(context));
    return 0;
  }
}
