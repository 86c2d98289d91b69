package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.Fetching;
import org.buildchain.daemon.host.LockFiles;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.daemon.host.file.SearchPath;
import org.buildchain.daemon.settings.NixSettings;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.EvalGroup;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.host.EvalSettings;

/**
 * What a command's evaluations share: settings, the search path, the world as its caller sees it.
 */
public final class Evaluations {
  private final CommandContext context;
  private final SettingOptions options;
  private final List<String> includes;
  private final boolean readOnly;
  private final Set<String> accepted = new HashSet<>();
  private Settings settings;
  private Registry registry = Registry.EMPTY;
  private Evaluation evaluation;
  private Evaluation ofFlakes;

  /** For a command that may write to the store. */
  public Evaluations(CommandContext context, SettingOptions options, ExpressionOptions expression)
      throws IOException {
    this(context, options, expression.searchPath(), expression.inputsFrom(context));
  }

  /** Likewise; {@code inputsFrom} is the flake whose inputs' names are looked up first. */
  public Evaluations(
      CommandContext context,
      SettingOptions options,
      List<String> includes,
      Optional<String> inputsFrom)
      throws IOException {
    this(context, options, includes, false);
    nameInputs(inputsFrom);
  }

  /**
   * The evaluations of a command.
   *
   * @param includes the entries of {@code -I}
   * @param readOnly whether store paths are computed only; see {@link StoreEvalHost}
   */
  public Evaluations(
      CommandContext context, SettingOptions options, List<String> includes, boolean readOnly) {
    this(context, options, includes, readOnly, Map.of());
  }

  /** For a command on a flake, which sets some settings unless its options do. */
  public Evaluations(
      CommandContext context, SettingOptions options, InputOptions inputs, Map<String, String> set)
      throws IOException {
    this(context, options, List.of(), false, set);
    nameInputs(inputs.inputsFrom(context));
  }

  private Evaluations(
      CommandContext context,
      SettingOptions options,
      List<String> includes,
      boolean readOnly,
      Map<String, String> set) {
    this.context = context;
    this.options = options;
    this.includes = includes;
    this.readOnly = readOnly;
    Settings base = context.settings();
    for (Map.Entry<String, String> e : set.entrySet()) {
      base = base.with(e.getKey(), e.getValue());
    }
    prepare(options.apply(base, context.messages()::warning));
  }

  /** Lets the names of a flake's inputs stand for what they are locked to. */
  private void nameInputs(Optional<String> flake) throws IOException {
    if (flake.isPresent()) {
      registry = ofFlakes.run(ev -> Flakes.inputs(ev, flake.get()));
      prepare(settings);
    }
  }

  private void prepare(Settings chosen) {
    settings = chosen;
    EvalGroup.current().setLimit(settings.number("eval-memory-limit"));
    Map<String, String> env = context.caller().invocation().env();
    List<Map.Entry<String, String>> searchPath =
        SearchPath.of(
            includes,
            env.getOrDefault("NIX_PATH", settings.text("nix-path").replace(' ', ':')),
            context.caller().invocation().cwd());
    long now = Instant.now().getEpochSecond();
    StoreEvalHost host =
        new StoreEvalHost(
            new StoreEvalHost.Parts(
                context.services().store(),
                env,
                searchPath,
                context.caller().invocation().cwd(),
                settings.text(settings.text("eval-system").isEmpty() ? "system" : "eval-system"),
                now,
                wanted -> new Builds(context, settings, false).realiseWanted(wanted),
                Fetching.of(
                    context.services().store(),
                    context.services().root().resolve("tmp"),
                    env,
                    settings,
                    now,
                    registry,
                    context.services().repositoryLocks(),
                    text -> message(context, EvalHost.Level.WARNING, text),
                    context.caller()::cancelled),
                new CacheClosureSource(context, settings),
                new LockFiles(
                    env,
                    context.services().store().dir(),
                    settings.text("commit-lock-file-summary"),
                    text -> message(context, EvalHost.Level.WARNING, text),
                    context.caller()::cancelled),
                messages(context),
                context.caller()::cancelled,
                readOnly));
    EvalSettings rules = EvaluationSettings.of(settings);
    evaluation = new Evaluation(host, rules, context.evaluators(), context.record());
    boolean accepts = settings.flag(Flakes.ACCEPT_CONFIG);
    EvalSettings flakeRules = EvaluationSettings.ofFlakes(rules, options.impure(), accepts);
    ofFlakes = new Evaluation(host, flakeRules, context.evaluators(), context.record());
  }

  /** As in Nix, what is missing of the search path is told once. */
  private static StoreEvalHost.MessageSink messages(CommandContext context) {
    Set<String> told = ConcurrentHashMap.newKeySet();
    return (level, text) -> {
      if (!text.startsWith("Nix search path entry ") || told.add(text)) {
        message(context, level, text);
      }
    };
  }

  private static void message(CommandContext context, EvalHost.Level level, String text) {
    context.messages().message(level, text);
  }

  /** The settings of the command, its options applied. */
  public Settings settings() {
    return settings;
  }

  /**
   * The evaluation for a query: one of a flake is pure, unless the options say otherwise. The
   * settings that the flake wants hold from then on, if they are accepted.
   */
  public Evaluation evaluation(Evaluation.Query query) throws IOException {
    return query.input() instanceof Evaluation.Input.Flake f ? ofFlake(f.reference()) : evaluation;
  }

  /** The evaluation for a flake; see {@link #evaluation(Evaluation.Query)}. */
  public Evaluation ofFlake(String reference) throws IOException {
    if (settings.flag(Flakes.ACCEPT_CONFIG) && accepted.add(reference)) {
      accept(reference);
    }
    return ofFlakes;
  }

  private void accept(String reference) throws IOException {
    Settings wanted = settings;
    for (Map.Entry<String, String> e : ofFlakes.flakeConfig(reference).entrySet()) {
      String name = NixSettings.current(e.getKey());
      String plain = name.startsWith("extra-") ? name.substring("extra-".length()) : name;
      wanted = Settings.exists(plain) ? wanted.with(name, e.getValue()) : wanted;
    }
    if (wanted != settings) {
      prepare(wanted);
    }
  }

  /** The evaluation; the host behind it is shared by all queries of the command. */
  public Evaluation evaluation() {
    return evaluation;
  }
}
