package org.buildchain.tests.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.language.ControlSequences;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.data.XmlWriter;
import org.buildchain.language.error.ErrorPrinter;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.print.PlainPrinter;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.ExprPrinter;
import org.buildchain.language.syntax.Lints;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Source;
import org.buildchain.store.format.Octets;

/** The command {@code nix-instantiate} as far as Nix's language tests use it. */
public final class NixInstantiate {
  /** What a run wrote and how it ended; both texts are octet strings. */
  public record Result(int status, String out, String err) {}

  private final Path folder;
  private final FolderStore store;
  private final Map<String, String> environment;
  private final List<Map.Entry<String, String>> searchPath = new ArrayList<>();
  private final Map<String, String> argumentTexts = new LinkedHashMap<>();
  private final Map<String, String> argumentStrings = new LinkedHashMap<>();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StringBuilder out = new StringBuilder();
  private boolean parseOnly;
  private boolean strict;
  private boolean xml;
  private boolean showTrace;
  private Lints lints = Lints.NONE;
  private boolean fromArguments;
  private boolean location = true;
  private int maxCallDepth = 10_000;
  private Optional<String> selection = Optional.empty();
  private final List<String> inputs = new ArrayList<>();
  // As Nix's own suite has them switched on.
  private final List<String> features = new ArrayList<>(List.of("nix-command", "flakes"));

  public NixInstantiate(Path folder, FolderStore store, Map<String, String> environment) {
    this.folder = folder;
    this.store = store;
    this.environment = environment;
  }

  /** Runs with these arguments; {@code input} is what standard input gives. */
  public Result run(List<String> arguments, String input) throws InterruptedException {
    List<Integer> status = new ArrayList<>();
    Thread t = new EvalThread("nix-instantiate", () -> status.add(attempt(arguments, input)));
    t.start();
    t.join();
    return new Result(
        status.isEmpty() ? 101 : status.getFirst(), out.toString(), Octets.of(err.toByteArray()));
  }

  private int attempt(List<String> arguments, String input) {
    try {
      options(arguments);
      for (String i : inputs) {
        process(i, input);
      }
      return 0;
    } catch (EvalException e) {
      err.writeBytes(
          Octets.bytes(ControlSequences.filter(ErrorPrinter.show(e, showTrace), false) + "\n"));
      return 1;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      e.printStackTrace(new PrintStream(err, true, StandardCharsets.UTF_8));
      return 102;
    }
  }

  private void options(List<String> arguments) {
    List<Map.Entry<String, String>> given = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--eval" -> {}
        case "--parse" -> parseOnly = true;
        case "--strict" -> strict = true;
        case "--xml" -> xml = true;
        case "--no-location" -> location = false;
        case "--show-trace" -> showTrace = true;
        case "--no-show-trace" -> showTrace = false;
        case "--impure" -> {}
        case "--lint-absolute-path-literals" ->
            lints = new Lints(lint(arguments.get(++i)), lints.shortPaths(), lints.urls());
        case "--lint-short-path-literals" ->
            lints = new Lints(lints.absolutePaths(), lint(arguments.get(++i)), lints.urls());
        case "--lint-url-literals" ->
            lints = new Lints(lints.absolutePaths(), lints.shortPaths(), lint(arguments.get(++i)));
        case "--max-call-depth" -> maxCallDepth = Integer.parseInt(arguments.get(++i));
        case "--extra-experimental-features" -> {
          features.addAll(List.of(arguments.get(++i).split(" ")));
        }
        case "--arg" -> argumentTexts.put(arguments.get(++i), arguments.get(++i));
        case "--argstr" -> argumentStrings.put(arguments.get(++i), arguments.get(++i));
        case "-A" -> selection = Optional.of(arguments.get(++i));
        case "-I" -> given.add(searchEntry(arguments.get(++i)));
        case "-E" -> fromArguments = true;
        default -> inputs.add(arguments.get(i));
      }
    }
    for (String e : environment.getOrDefault("NIX_PATH", "").split(":")) {
      if (!e.isEmpty()) {
        given.add(searchEntry(e));
      }
    }
    searchPath.addAll(given);
  }

  private static Lints.Lint lint(String word) {
    return Lints.Lint.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static Map.Entry<String, String> searchEntry(String text) {
    int eq = text.indexOf('=');
    return eq < 0 ? Map.entry("", text) : Map.entry(text.substring(0, eq), text.substring(eq + 1));
  }

  private void process(String input, String stdin) throws IOException {
    DiskEvalHost host =
        new DiskEvalHost(
            store,
            environment,
            searchPath.stream().map(e -> Map.entry(e.getKey(), absolute(e.getValue()))).toList(),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    EvalSettings settings =
        new EvalSettings(
            showTrace,
            false,
            false,
            maxCallDepth,
            1,
            EvalSettings.Access.FREE,
            lints,
            Set.copyOf(features));
    Evaluator ev = Builtins.evaluator(host, settings);
    Expr e = parse(ev, input, stdin);
    if (parseOnly) {
      ev.check(e);
      out.append(ExprPrinter.show(e)).append('\n');
      return;
    }
    Attrs arguments = arguments(ev);
    Value v = ev.select(ev.eval(e), selection.orElse(""), arguments);
    if (arguments.size() > 0) {
      v = ev.autoCall(v, arguments);
    }
    if (xml) {
      out.append(new XmlWriter(ev, strict, location).document(v));
      return;
    }
    if (strict) {
      ev.forceDeep(v);
    }
    out.append(PlainPrinter.show(v)).append('\n');
  }

  private String absolute(String path) {
    return path.startsWith("/") ? path : folder.resolve(path).toString();
  }

  private Expr parse(Evaluator ev, String input, String stdin) throws IOException {
    if (fromArguments) {
      return ev.parse(Source.text(Literals.marked("string"), input), folder.toString());
    }
    if (input.equals("-")) {
      return ev.parse(Source.text(Literals.marked("stdin"), stdin), folder.toString());
    }
    return ev.parseFile(ev.importTarget(absolute(input)));
  }

  private Attrs arguments(Evaluator ev) {
    Attrs.Builder b = new Attrs.Builder(4);
    argumentTexts.forEach(
        (name, text) ->
            b.put(
                ev.symbols().of(name),
                ev.evalText(Literals.marked("string"), text, folder.toString())));
    argumentStrings.forEach((name, text) -> b.put(ev.symbols().of(name), new Str(text)));
    return b.build();
  }

  /** For trying things: {@code NixInstantiate [options] file | -E expression}. */
  public static void main(String[] args) throws Exception {
    Path temporary = Files.createTempDirectory("bc-instantiate");
    Result r =
        new NixInstantiate(
                Path.of("").toAbsolutePath(), new FolderStore(temporary), System.getenv())
            .run(
                List.of(args).stream().map(Octets::fromText).toList(),
                List.of(args).contains("-") ? Octets.of(System.in.readAllBytes()) : "");
    System.out.writeBytes(Octets.bytes(r.out()));
    System.err.writeBytes(Octets.bytes(r.err()));
    System.out.flush();
    System.exit(r.status());
  }
}
