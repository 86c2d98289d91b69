package org.buildchain.daemon.command.argument;

import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.language.flake.Flakes;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.syntax.Lints;
import org.buildchain.store.format.FormatException;

/** What the settings say about evaluations. */
final class EvaluationSettings {
  private static final int MAX_CORES = 1024;

  /** On fewer cores the compilers and the collector of a fresh JVM need those that are left. */
  private static final int WORTH_HELPERS = 4;

  private EvaluationSettings() {}

  /**
   * @throws FormatException if a setting has no value of its type
   */
  static EvalSettings of(Settings settings) {
    return new EvalSettings(
        settings.flag("show-trace"),
        settings.flag("trace-verbose"),
        settings.flag("abort-on-warn"),
        (int) Math.min(settings.number("max-call-depth"), Integer.MAX_VALUE),
        cores((int) Math.min(settings.number("eval-cores"), MAX_CORES)),
        new EvalSettings.Access(
            settings.flag("pure-eval"),
            settings.flag("restrict-eval"),
            settings.list("allowed-uris")),
        new Lints(
            lint(settings, "lint-absolute-path-literals"),
            lint(settings, "lint-short-path-literals"),
            lint(settings, "lint-url-literals")),
        Set.copyOf(settings.list("experimental-features")));
  }

  /** As Nix's new commands have them for flakes: pure, with {@code getFlake}. */
  static EvalSettings ofFlakes(EvalSettings settings, boolean impure, boolean acceptConfig) {
    Set<String> features = new TreeSet<>(settings.features());
    features.add("flakes");
    if (acceptConfig) {
      features.add(Flakes.ACCEPT_CONFIG);
    }
    EvalSettings.Access access = settings.access();
    return settings
        .withFeatures(features)
        .withAccess(new EvalSettings.Access(!impure, access.restricted(), access.allowedUris()));
  }

  private static Lints.Lint lint(Settings settings, String name) {
    return switch (settings.text(name)) {
      case "ignore" -> Lints.Lint.IGNORE;
      case "warn" -> Lints.Lint.WARN;
      case "fatal" -> Lints.Lint.FATAL;
      default ->
          throw new FormatException(
              "setting '" + name + "'",
              "expected 'ignore', 'warn' or 'fatal', not '" + settings.text(name) + "'");
    };
  }

  private static int cores(int asked) {
    return asked == 0 && Runtime.getRuntime().availableProcessors() < WORTH_HELPERS ? 1 : asked;
  }
}
