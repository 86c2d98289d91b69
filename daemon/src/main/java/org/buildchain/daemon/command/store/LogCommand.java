package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the log of a build. */
@Command(
    name = "log",
    description = "Prints what the builder of a store path, or of a derivation, printed.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc log ./result",
      "  bc log -f . hello               what 'bc build -f . hello' printed",
      "  bc log \"$(bc instantiate ./default.nix)\""
    })
public final class LogCommand extends BcCommand {
  @Mixin private PathOptions path;

  @Mixin private SettingOptions settings;

  @Override
  public Integer call() throws Exception {
    if (path.none()) {
      throw new CommandException("name a store path, or what it was built from");
    }
    List<StorePath> derivations = path.derivers(context, settings);
    Optional<InputStream> log =
        derivations.size() == 1 ? open(derivations.getFirst()) : Optional.empty();
    if (log.isEmpty()) {
      throw new CommandException("build log of '" + path.first() + "' is not available");
    }
    try (InputStream in = log.get()) {
      in.transferTo(context.caller().out());
    }
    return 0;
  }

  private Optional<InputStream> open(StorePath derivation) throws IOException {
    return context.services().logs().open(derivation);
  }
}
