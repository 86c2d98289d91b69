package org.buildchain.daemon.nix.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.derivation.realise.StructuredFiles;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Whose builder's environment {@code bc develop} and {@code bc print-dev-env} are about. Source:
 * Nix 2.26 manual, {@code nix develop}.
 */
final class DevOptions {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settings;

  @Option(
      names = "--profile",
      paramLabel = "LINK",
      description = "Leave a link to the environment in the store, which keeps it.")
  private Optional<String> profile = Optional.empty();

  /** What evaluates it. */
  Evaluations evaluations(CommandContext context) throws IOException {
    return new Evaluations(context, settings, expression);
  }

  /** The environment: one that was kept ({@code --profile}), or that of a derivation, built. */
  DevDerivation.Built built(CommandContext context, Evaluations evaluations, Builds builds)
      throws IOException, InterruptedException {
    DevDerivation derivation = new DevDerivation(context, builds);
    List<StorePath> objects = expression.takeObjects(context);
    if (!objects.isEmpty() && (objects.size() > 1 || !expression.given().isEmpty())) {
      throw new CommandException("expected one derivation, found several");
    }
    DevDerivation.Built built =
        objects.isEmpty()
            ? derivation.build(ShellTarget.of(context, evaluations, expression))
            : derivation.kept(objects.getFirst());
    if (profile.isPresent()) {
      String cwd = context.caller().invocation().cwd();
      Path link = Path.of(Octets.toText(CanonicalPath.absolute(profile.get(), cwd)));
      context.services().pins().link(link, built.path());
    }
    return built;
  }

  /** The script that takes a bash into it; outputs are moved into a folder beside the caller. */
  static String script(CommandContext context, DevDerivation.Built built) throws IOException {
    String folder = context.caller().invocation().cwd() + "/outputs/";
    SortedMap<String, String> moved = new TreeMap<>();
    built.environment().outputs().forEach((name, path) -> moved.put(path, folder + name));
    moved.putAll(files(context.services().store(), built));
    return DevScript.of(built.environment(), moved);
  }

  /** The files of structured attributes, which are gone with the builder's folder, in the store. */
  private static SortedMap<String, String> files(DiskStore store, DevDerivation.Built built)
      throws IOException {
    SortedMap<String, String> moved = new TreeMap<>();
    Map<String, String> variables =
        Map.of(
            StructuredFiles.SHELL_NAME,
            StructuredFiles.SHELL_VARIABLE,
            StructuredFiles.JSON_NAME,
            StructuredFiles.JSON_VARIABLE);
    for (Map.Entry<String, String> file : built.environment().files().entrySet()) {
      String variable = variables.getOrDefault(file.getKey(), "");
      if (built.environment().variables().get(variable)
          instanceof DevEnvironment.Variable.Text text) {
        SortedSet<StorePath> references =
            store.query(built.path()).map(PathInfo::references).orElse(new TreeSet<>());
        Store.Text content =
            new Store.Text(file.getKey().substring(1), file.getValue(), references);
        moved.put(text.value(), store.dir().print(store.addTexts(List.of(content)).getFirst()));
      }
    }
    return moved;
  }
}
