package org.buildchain.daemon.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.buildchain.store.PathInfo;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the log of a build. */
@Command(
    name = "log",
    description = "Prints what the builder of a store path, or of a derivation, printed.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc log ./result", "  bc log \"$(bc instantiate ./default.nix)\""})
final class LogCommand extends BcCommand {
  @Parameters(
      paramLabel = "PATH",
      description = "A store path, a link to one such as ./result, or a derivation.")
  private String path;

  @Override
  public Integer call() throws Exception {
    StorePath object = new StoreArguments(context).resolve(path).object();
    Optional<StorePath> derivation =
        object.isDerivation()
            ? Optional.of(object)
            : context.services().store().query(object).flatMap(PathInfo::deriver);
    Optional<InputStream> log = derivation.isPresent() ? open(derivation.get()) : Optional.empty();
    if (log.isEmpty()) {
      throw new CommandException(
          "build log of '" + context.services().store().dir().print(object) + "' is not available");
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
