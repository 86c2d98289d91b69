package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Evaluation.Input;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.evaluation.OutputsSpec;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is evaluated: files or expressions, attributes of them, and arguments for functions. */
public abstract class ExpressionOptions {
  private static final Pattern DERIVATION = Pattern.compile(".*\\.drv([!^][^!/]+)?");

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Files or folders with a default.nix; '-' reads standard input, '<name>' looks in the"
              + " search path. 'FLAKE#ATTRIBUTE' is a flake's output, evaluated purely; a folder in"
              + " a flake that has no default.nix stands for the default one, and '^out,dev' or"
              + " '^*' behind it, or behind the path of a derivation, selects outputs. Default:"
              + " ./default.nix.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-A", "--attr"},
      paramLabel = "PATH",
      description = "Select an attribute, for example 'pkgs.hello'. May be repeated.")
  private List<String> attributes = new ArrayList<>();

  @Mixin private EvaluationOptions evaluation;

  /** The entries of {@code -I}, octet strings. */
  public List<String> searchPath() {
    return evaluation.searchPath();
  }

  /** The arguments that are neither options nor their values. */
  public List<String> given() {
    return files;
  }

  /** Takes the words of standard input for further arguments. */
  public void readGiven(CommandContext context) throws IOException {
    context.record().takesMore();
    String words = Octets.of(context.caller().in().readAllBytes()).strip();
    List<String> all = new ArrayList<>(files);
    all.addAll(words.isEmpty() ? List.of() : List.of(words.split("\\s+")));
    files = all;
  }

  /** Takes what follows the first of these for a program's arguments, and gives them. */
  public List<String> splitArguments() {
    int begin = files.size() > 1 && files.get(1).equals("--") ? 2 : 1;
    List<String> rest = List.copyOf(files.subList(Math.min(begin, files.size()), files.size()));
    files = List.copyOf(files.subList(0, Math.min(1, files.size())));
    return rest;
  }

  /**
   * Takes those away that lead to objects of the store, as {@code ./result} does, and gives these.
   * What is left may be nothing.
   */
  public List<StorePath> takeObjects(CommandContext context) throws IOException {
    StoreArguments arguments = new StoreArguments(context);
    List<StorePath> objects = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (String f : nameFiles() ? files : List.<String>of()) {
      Optional<StoreArguments.Place> place =
          derivations().contains(f) ? Optional.empty() : arguments.find(f);
      if (place.isPresent() && place.get().inside().isEmpty()) {
        objects.add(place.get().object());
      } else {
        left.add(f);
      }
    }
    files = nameFiles() ? left : files;
    return objects;
  }

  /** The attribute paths given. */
  public List<String> attributes() {
    return attributes;
  }

  private boolean nameFiles() {
    return !areExpressions() && !areAttributes();
  }

  /** The arguments that name derivations in the store, {@code ….drv}, rather than files. */
  private List<String> derivations() {
    return nameFiles()
        ? files.stream().filter(f -> DERIVATION.matcher(f).matches()).toList()
        : List.of();
  }

  /** What the arguments stand for that name derivations in the store. */
  public List<Found> derivations(CommandContext context) throws IOException {
    StoreArguments arguments = new StoreArguments(context);
    List<Found> out = new ArrayList<>();
    for (String given : derivations()) {
      int cut = given.indexOf('!', given.lastIndexOf('/') + 1);
      OutputsSpec.Selected selected =
          cut < 0
              ? OutputsSpec.parse(given)
              : new OutputsSpec.Selected(given.substring(0, cut), OutputsSpec.DEFAULT);
      StorePath path = arguments.resolve(selected.of()).object();
      Derivation drv = new Derivations(context.services().store()).apply(path);
      if (selected.outputs().isExplicit()) {
        selected
            .outputs()
            .of(new TreeSet<>(drv.outputs().keySet()))
            .forEach(o -> out.add(new Found("", path, o)));
        continue;
      }
      String output =
          cut < 0 ? drv.env().getOrDefault("outputName", "out") : given.substring(cut + 1);
      if (!drv.outputs().containsKey(output)) {
        throw new CommandException(
            "derivation '"
                + context.services().store().dir().print(path)
                + "' does not have output '"
                + output
                + "'");
      }
      out.add(new Found("", path, output));
    }
    return out;
  }

  /** What all arguments stand for: derivations in the store, and those of expressions. */
  public List<Found> found(CommandContext context, Evaluations evaluations) throws IOException {
    List<Found> found = new ArrayList<>(derivations(context));
    for (Evaluation.Query query : queries(context)) {
      found.addAll(evaluations.evaluation(query).derivations(query));
    }
    return found;
  }

  /** Whether the arguments are expressions, not files. */
  public abstract boolean areExpressions();

  /** Whether the arguments are paths of attributes. */
  public boolean areAttributes() {
    return false;
  }

  /** One query for each of these attributes, where the arguments are such. */
  List<Evaluation.Query> ofAttributes(
      CommandContext context, List<String> paths, List<Evaluation.Argument> arguments)
      throws IOException {
    throw new CommandException("the arguments are no attributes");
  }

  /** The arguments for functions. */
  public List<Evaluation.Argument> arguments(CommandContext context) throws IOException {
    return evaluation.arguments(context);
  }

  /** How the inputs of flakes are locked. */
  LockOptions locks(CommandContext context) throws IOException {
    return LockOptions.WRITE;
  }

  /** The flake whose inputs' names are looked up first. */
  Optional<String> inputsFrom(CommandContext context) {
    return Optional.empty();
  }

  /** One query for each file, flake or expression that is no derivation. */
  public List<Evaluation.Query> queries(CommandContext context) throws IOException {
    return queries(context, FlakeOutput.PACKAGE, path -> path);
  }

  /**
   * Likewise.
   *
   * @param kind where attributes of flakes are looked for
   * @param chosen given the absolute path of a file or folder, the file that it means
   */
  public List<Evaluation.Query> queries(
      CommandContext context, FlakeOutput kind, UnaryOperator<String> chosen) throws IOException {
    if (areAttributes()) {
      List<String> paths = Stream.concat(files.stream(), attributes.stream()).toList();
      return ofAttributes(context, paths, evaluation.arguments(context));
    }
    if (areExpressions() && files.isEmpty()) {
      throw new CommandException("'-E' and '--expr' want an expression");
    }
    String cwd = context.caller().invocation().cwd();
    List<String> given = files.isEmpty() ? List.of(".") : files;
    if (areExpressions() || given.stream().noneMatch(f -> FlakeArgument.is(f, cwd, kind))) {
      if (!areExpressions()) {
        given.forEach(f -> context.record().rests(FlakeArgument.isNone(f, cwd, kind)));
      }
      return queries(context, cwd, chosen);
    }
    List<Evaluation.Argument> arguments = evaluation.arguments(context);
    List<Evaluation.Query> out = new ArrayList<>();
    for (String f : given) {
      if (!derivations().contains(f)) {
        Input input =
            FlakeArgument.is(f, cwd, kind)
                ? flake(f, cwd, kind, context)
                : input(f, cwd, chosen, context);
        out.add(new Evaluation.Query(input, attributes, arguments, cwd));
      }
    }
    return out;
  }

  /**
   * Likewise.
   *
   * @param folder what the paths of files are relative to
   * @param chosen given the absolute path of a file or folder, the file that it means
   */
  public List<Evaluation.Query> queries(
      CommandContext context, String folder, UnaryOperator<String> chosen) throws IOException {
    String cwd = context.caller().invocation().cwd();
    List<Evaluation.Argument> arguments = evaluation.arguments(context);
    boolean expressions = areExpressions();
    List<Evaluation.Query> out = new ArrayList<>();
    List<String> inputs = files.isEmpty() && !expressions ? List.of(".") : files;
    for (String f : inputs) {
      if (derivations().contains(f)) {
        continue;
      }
      Input input =
          expressions && !f.equals("-")
              ? new Input.Text(f, cwd)
              : input(f, folder, chosen, context);
      out.add(new Evaluation.Query(input, attributes, arguments, cwd));
    }
    return out;
  }

  private Input flake(String given, String cwd, FlakeOutput kind, CommandContext context)
      throws IOException {
    if (given.indexOf('#') < 0 && !attributes.isEmpty()) {
      throw new CommandException(
          "'" + given + "' is a flake: say '" + given + "#" + attributes.getFirst() + "', not -A");
    }
    return FlakeArgument.of(given, cwd, kind, locks(context));
  }

  /**
   * What a name of a file means.
   *
   * @param cwd what it is relative to
   * @param chosen given the absolute path of a file or folder, the file that it means
   */
  static Input input(String file, String cwd, UnaryOperator<String> chosen, CommandContext context)
      throws IOException {
    if (file.equals("-")) {
      return new Input.StandardInput(Octets.of(context.caller().in().readAllBytes()), cwd);
    }
    if (file.startsWith("<") && file.endsWith(">")) {
      return new Input.Lookup(file.substring(1, file.length() - 1));
    }
    if (file.contains("://") || file.startsWith("channel:")) {
      return new Input.Text("import (builtins.fetchTarball \"" + file + "\")", cwd);
    }
    return new Input.File(chosen.apply(CanonicalPath.absolute(file, cwd)));
  }
}
