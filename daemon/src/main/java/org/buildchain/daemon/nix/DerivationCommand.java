package org.buildchain.daemon.nix;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.daemon.nix.program.IndentedJson;
import org.buildchain.derivation.DerivationJson;
import org.buildchain.derivation.Derivations;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The commands on derivations. Source: Nix 2.26 manual, {@code nix derivation}. */
@Command(
    name = "derivation",
    description = "Shows derivations.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {"  bc derivation show -f . hello", "  bc derivation show -r ./result"})
final class DerivationCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  static CommandLine line() {
    return new CommandLine(new DerivationCommand()).addSubcommand("show", new Show());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  /** Prints derivations. */
  @Command(
      name = "show",
      description = "Prints derivations as JSON, in the form of nix derivation show.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc derivation show ./result          what it was built from",
        "  bc derivation show -f . hello",
        "  bc derivation show -r nixpkgs#hello  with all that it is built from"
      })
  static final class Show extends BcCommand {
    @Mixin private PathOptions paths;

    @Mixin private SettingOptions settings;

    @Option(
        names = {"-r", "--recursive"},
        description = "Those that they are built from, too.")
    private boolean recursive;

    @Override
    public Integer call() throws Exception {
      if (paths.none()) {
        throw new CommandException("name a derivation, or what it makes");
      }
      DiskStore store = context.services().store();
      List<StorePath> named = paths.derivations(context, settings);
      Collection<StorePath> all = recursive ? store.closure(named) : named;
      Derivations derivations = new Derivations(store);
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (StorePath path : new TreeSet<>(all)) {
        if (path.isDerivation()) {
          object.set(
              store.dir().print(path), DerivationJson.write(derivations.apply(path), store.dir()));
        }
      }
      context.messages().println(IndentedJson.of(Octets.fromText(object.toString())));
      return 0;
    }
  }
}
