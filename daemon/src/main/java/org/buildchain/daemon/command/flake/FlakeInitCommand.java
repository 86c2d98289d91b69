package org.buildchain.daemon.command.flake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.InputOptions;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.host.repository.GitIndex;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Begins a flake from a template. Source: Nix 2.26 manual, {@code nix flake init} and {@code new}.
 */
abstract class FlakeInitCommand extends BcCommand {
  @Option(
      names = {"-t", "--template"},
      paramLabel = "FLAKE",
      description = "The template: 'FLAKE#NAME'. Default: of the flake 'templates'.")
  private String template = "flake:templates";

  @Mixin private SettingOptions settings;

  /**
   * A template.
   *
   * @param path of its files
   */
  private record Template(String path, Optional<String> welcome) {}

  /** In the folder where the caller is. */
  @Command(
      name = "init",
      description = "Copies a template's files to this folder. What stands here stays.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc flake init                the default one of the flake 'templates'",
        "  bc flake init -t templates#rust",
        "  bc flake init -t ../other#template"
      })
  static final class Init extends FlakeInitCommand {
    @Override
    String folder() {
      return ".";
    }
  }

  /** In another one. */
  @Command(
      name = "new",
      description = "Copies a template's files to a folder, which is made if it is not there.",
      footerHeading = "%nExamples:%n",
      footer = {"  bc flake new -t templates#rust ./project", "  bc flake new ./project"})
  static final class New extends FlakeInitCommand {
    @Parameters(paramLabel = "FOLDER", description = "Where the files go.")
    private String folder;

    @Override
    String folder() {
      return folder;
    }
  }

  /** Where the files go, relative to the caller's folder. */
  abstract String folder();

  @Override
  public Integer call() throws Exception {
    String cwd = context.caller().invocation().cwd();
    Evaluation.Input.Flake flake =
        FlakeArgument.of(template, cwd, FlakeOutput.TEMPLATE, LockOptions.READ);
    Template found =
        new Evaluations(context, settings, new InputOptions(), Map.of())
            .ofFlake(flake.reference())
            .run(ev -> template(ev, flake));
    if (!(tree(found.path()) instanceof FileTree.Directory files)) {
      throw new CommandException("the template '" + found.path() + "' is not a folder");
    }
    String to = CanonicalPath.absolute(folder(), cwd);
    TemplateCopy copy = new TemplateCopy(context.messages());
    copy.copy(files, found.path(), to);
    GitIndex.add(
        Path.of(Octets.toText(to)),
        context.caller().invocation().env(),
        context.caller()::cancelled,
        copy.written());
    found.welcome().ifPresent(text -> context.messages().note("\n\n" + text + "\n"));
    if (copy.conflicts() > 0) {
      throw new CommandException("encountered " + copy.conflicts() + " conflicts - see above");
    }
    return 0;
  }

  private static Template template(Evaluator ev, Evaluation.Input.Flake flake) {
    Flakes.Output output =
        Flakes.select(ev, flake.reference(), flake.locks(), flake.attribute(), flake.kind());
    Attrs attributes = ev.attrs(output.value(), Pos.NONE, "while evaluating a template");
    Value path = attributes.get(ev.symbols().of("path"));
    if (path == null) {
      throw EvalException.other("attribute '" + output.path() + ".path' does not exist");
    }
    String absolute =
        switch (ev.force(path)) {
          case Value.Path p -> p.path();
          case Str s -> s.value();
          default -> "";
        };
    if (!absolute.startsWith("/")) {
      throw EvalException.type("attribute '" + output.path() + ".path' is not an absolute path");
    }
    Value welcome = attributes.get(ev.symbols().of("welcomeText"));
    return new Template(
        absolute,
        Optional.ofNullable(welcome)
            .map(w -> ev.stringNoContext(w, Pos.NONE, "while evaluating a template's text")));
  }

  private FileTree tree(String path) throws IOException {
    if (!path.startsWith(context.services().store().dir() + "/")) {
      return DiskTree.of(path);
    }
    StoreArguments arguments = new StoreArguments(context);
    return arguments.open(arguments.resolve(path), path);
  }
}
