package org.buildchain.daemon.nix.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every program of Nix has. */
public abstract class NixCommand extends BcCommand {
  /** The version whose behaviour these programs have. */
  private static final String VERSION = "2.26.3";

  @Spec private CommandSpec spec;

  @Mixin protected SettingOptions settings;

  @Option(names = "--version", description = "Show the version.")
  private boolean version;

  @Option(
      names = {"-v", "--verbose"},
      description = "Taken, and without effect.")
  List<Boolean> verbose = new ArrayList<>();

  @Option(
      names = {"--debug", "--readonly-mode"},
      description = "Taken, and without effect.")
  List<Boolean> taken = new ArrayList<>();

  @Option(names = "--quiet", description = "Do not say what is being done.")
  List<Boolean> quiet = new ArrayList<>();

  @Option(
      names = {"-Q", "--no-build-output"},
      description = "Do not show what builders print.")
  protected boolean quietBuilds;

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show what builders print (the default).")
  boolean printLogs;

  @Option(names = "--log-format", paramLabel = "NAME", description = "Taken, and without effect.")
  Optional<String> logFormat = Optional.empty();

  @Option(names = "--no-gc-warning", description = "Do not ask for --add-root.")
  private boolean noRootWarning;

  @Option(
      names = {"--store", "--eval-store"},
      paramLabel = "URL",
      description = "Only 'auto', 'daemon' and 'local': the store of this daemon.")
  private Optional<String> store = Optional.empty();

  @Override
  public final Integer call() throws Exception {
    if (version) {
      context.messages().println(program() + " (Nix) " + VERSION);
      return 0;
    }
    if (store.isPresent() && !List.of("auto", "daemon", "local", "").contains(store.get())) {
      throw new CommandException(
          "'--store " + store.get() + "' is not supported: BC_ROOT chooses the store");
    }
    if (!quiet.isEmpty()) {
      context.messages().beQuiet();
    }
    return run();
  }

  /** Its command line, reading arguments as Nix does. */
  public final CommandLine line() {
    CommandLine line = new CommandLine(this);
    // "--argstr a --strict" passes "--strict".
    line.setAllowOptionsAsOptionParameters(true);
    return line;
  }

  /**
   * What the program does.
   *
   * @return its exit status
   */
  protected abstract int run() throws Exception;

  /** The name of the program, as it was called. */
  protected final String program() {
    return context.caller().invocation().program();
  }

  /** A mistake in how the program was called; the caller is told where to read how. */
  protected final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Says once that what was printed may be collected, where the caller wants to hear that. */
  protected final void warnOfNoRoot() {
    if (!noRootWarning) {
      noRootWarning = true;
      context
          .messages()
          .warning(
              "you did not specify '--add-root'; the result might be removed by the garbage"
                  + " collector");
    }
  }
}
