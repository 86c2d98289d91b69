package org.buildchain.daemon.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.daemon.settings.NixSettings;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Option;

/** Options that change settings for one command. */
public final class SettingOptions {
  @Option(
      names = "--option",
      arity = "2",
      paramLabel = "NAME VALUE",
      hideParamSyntax = true,
      description = "Set a setting for this command, over the files that set it.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = "--experimental-features",
      paramLabel = "NAMES",
      description =
          "The parts of the language that Nix calls so and that are wanted, 'flakes' say.")
  private Optional<String> features = Optional.empty();

  @Option(
      names = "--extra-experimental-features",
      paramLabel = "NAMES",
      description = "The same, beside those of the settings.")
  private List<String> extraFeatures = new ArrayList<>();

  @Option(
      names = {"-j", "--max-jobs"},
      paramLabel = "N",
      description = "Run at most N builds at once; 'auto': as many as there are cores.")
  private Optional<String> maxJobs = Optional.empty();

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "What builders find in NIX_BUILD_CORES; 0: all cores.")
  private Optional<String> cores = Optional.empty();

  @Option(
      names = {"-k", "--keep-going"},
      description = "After a failure go on with what does not depend on it.")
  private boolean keepGoing;

  @Option(
      names = {"-K", "--keep-failed"},
      description = "Keep the build folder of a failed build.")
  private boolean keepFailed;

  @Option(
      names = "--fallback",
      description = "Build what a substituter has offered and failed to deliver.")
  private boolean fallback;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Stop a build that takes longer; 0: never.")
  private Optional<String> timeout = Optional.empty();

  @Option(
      names = "--max-silent-time",
      paramLabel = "SECONDS",
      description = "Stop a build that prints nothing for so long; 0: never.")
  private Optional<String> maxSilentTime = Optional.empty();

  @Option(
      names = "--builders",
      paramLabel = "MACHINES",
      description =
          "Build on these machines where they have places: 'ssh-ng://host system key jobs speed"
              + " features mandatory hostkey', ';' between several, '@FILE' for a file.")
  private Optional<String> builders = Optional.empty();

  @Option(names = "--refresh", description = "Ask again for what was downloaded lately.")
  private boolean refresh;

  @Option(
      names = "--show-trace",
      description = "Show the whole trace of an error in an expression.")
  private boolean showTrace;

  @Option(names = "--pure-eval", description = "Let expressions read only what is named by a hash.")
  private boolean pureEval;

  @Option(names = "--impure", description = "Let expressions read everything.")
  private boolean impure;

  @Option(
      names = "--accept-flake-config",
      description = "Take over the settings that the flakes named want ('nixConfig').")
  private boolean acceptFlakeConfig;

  @Option(
      names = "--restrict-eval",
      description = "Let expressions read only the search path and 'allowed-uris'.")
  private boolean restrictEval;

  @Option(names = "--trace-verbose", description = "Print what 'builtins.traceVerbose' is given.")
  private boolean traceVerbose;

  /** Whether expressions may read everything, flakes too. */
  public boolean impure() {
    return impure;
  }

  /**
   * {@code base} with what these options say.
   *
   * @param warnings told of settings that are unknown; they change nothing
   */
  public Settings apply(Settings base, Consumer<String> warnings) {
    Settings s = base;
    for (int i = 0; i + 1 < options.size(); i += 2) {
      String name = NixSettings.current(options.get(i));
      if (Settings.exists(name)
          || (name.startsWith("extra-") && Settings.exists(name.substring(6)))) {
        s = s.with(name, options.get(i + 1));
      } else if (NixSettings.isForeign(name)) {
        warnings.accept("setting '" + name + "' of Nix has no effect here");
      } else {
        warnings.accept("unknown setting '" + name + "'");
      }
    }
    s = with(s, "experimental-features", features);
    for (String f : extraFeatures) {
      s = s.with("extra-experimental-features", f);
    }
    s = with(s, "max-jobs", maxJobs);
    s = with(s, "cores", cores);
    s = with(s, "timeout", timeout);
    s = with(s, "max-silent-time", maxSilentTime);
    s = with(s, "builders", builders);
    s = keepGoing ? s.with("keep-going", "true") : s;
    s = fallback ? s.with("fallback", "true") : s;
    s = keepFailed ? s.with("keep-failed", "true") : s;
    s = refresh ? s.with("tarball-ttl", "0") : s;
    s = pureEval ? s.with("pure-eval", "true") : s;
    s = impure ? s.with("pure-eval", "false") : s;
    s = acceptFlakeConfig ? s.with("accept-flake-config", "true") : s;
    s = restrictEval ? s.with("restrict-eval", "true") : s;
    s = traceVerbose ? s.with("trace-verbose", "true") : s;
    return showTrace ? s.with("show-trace", "true") : s;
  }

  private static Settings with(Settings s, String name, Optional<String> value) {
    return value.isPresent() ? s.with(name, value.get()) : s;
  }
}
