package org.buildchain.daemon.nix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Builds;
import org.buildchain.daemon.command.Evaluations;
import org.buildchain.daemon.command.FlakeExpressionOptions;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.host.CanonicalPath;
import org.buildchain.derivation.realise.StructuredFiles;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The environment of a builder. Source: Nix 2.26 manual, {@code nix print-dev-env}. */
@Command(
    name = "print-dev-env",
    description =
        "Prints what takes a bash into the environment of a derivation's builder, as stdenv sets it"
            + " up.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  . <(bc print-dev-env)                of the shell of the flake here",
      "  bc print-dev-env -f . hello > env.sh",
      "  bc print-dev-env --json nixpkgs#hello",
      "  bc print-dev-env --profile ./env     keeps it, as direnv does"
    })
final class PrintDevEnv extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settings;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Option(
      names = "--profile",
      paramLabel = "LINK",
      description = "Leave a link to the environment in the store, which keeps it.")
  private Optional<String> profile = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settings, expression);
    StorePath drvPath = ShellTarget.of(context, evaluations, expression);
    Builds builds = new Builds(context, evaluations.settings(), false);
    DevDerivation.Built built = new DevDerivation(context, builds).build(drvPath);
    String cwd = context.caller().invocation().cwd();
    if (profile.isPresent()) {
      Path link = Path.of(Octets.toText(CanonicalPath.absolute(profile.get(), cwd)));
      context.services().pins().link(link, built.path());
    }
    if (json) {
      context.messages().println(built.environment().json());
      return 0;
    }
    SortedMap<String, String> moved = new TreeMap<>();
    built
        .outputs()
        .forEach(
            (name, path) ->
                moved.put(context.services().store().dir().print(path), cwd + "/outputs/" + name));
    moved.putAll(files(built));
    context.messages().println(DevScript.of(built.environment(), moved));
    return 0;
  }

  /** The files of structured attributes, which are gone with the builder's folder, in the store. */
  private SortedMap<String, String> files(DevDerivation.Built built) throws IOException {
    DiskStore store = context.services().store();
    SortedMap<String, String> moved = new TreeMap<>();
    for (String name : List.of(StructuredFiles.SHELL_NAME, StructuredFiles.JSON_NAME)) {
      String variable =
          name.equals(StructuredFiles.SHELL_NAME)
              ? StructuredFiles.SHELL_VARIABLE
              : StructuredFiles.JSON_VARIABLE;
      String content = built.environment().files().get(name);
      if (content != null
          && built.environment().variables().get(variable)
              instanceof DevEnvironment.Variable.Text text) {
        SortedSet<StorePath> references =
            store.query(built.path()).map(PathInfo::references).orElse(new TreeSet<>());
        Store.Text file = new Store.Text(name.substring(1), content, references);
        moved.put(text.value(), store.dir().print(store.addTexts(List.of(file)).getFirst()));
      }
    }
    return moved;
  }
}
