package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Option;

/** From what the inputs of the flakes that a command names are locked. Source: Nix 2.26 manual. */
public final class InputOptions {
  @Option(
      names = "--override-input",
      arity = "2",
      hideParamSyntax = true,
      paramLabel = "INPUT FLAKE",
      description =
          "Take another flake in the place of an input, 'a' or 'a/b'; the lock file stays as it is."
              + " May be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--update-input",
      paramLabel = "INPUT",
      description = "Lock this input anew, as 'bc flake update' does. May be repeated.")
  private List<String> updates = new ArrayList<>();

  @Option(
      names = "--recreate-lock-file",
      description = "Lock all inputs anew, as 'bc flake update' does.")
  private boolean recreate;

  @Option(
      names = "--reference-lock-file",
      paramLabel = "FILE",
      description = "Read this in the place of the flake's flake.lock.")
  private Optional<String> reference = Optional.empty();

  @Option(
      names = "--output-lock-file",
      paramLabel = "FILE",
      description = "Write this in the place of the flake's flake.lock.")
  private Optional<String> output = Optional.empty();

  @Option(
      names = "--commit-lock-file",
      description = "Commit the changed flake.lock to the flake's repository.")
  private boolean commit;

  @Option(
      names = "--inputs-from",
      paramLabel = "FLAKE",
      description = "Let the names of this flake's inputs stand for what they are locked to.")
  private Optional<String> inputsFrom = Optional.empty();

  /** The flake whose inputs' names are looked up first. */
  public Optional<String> inputsFrom(CommandContext context) {
    String cwd = context.caller().invocation().cwd();
    return inputsFrom.map(f -> FlakeArgument.reference(f, cwd));
  }

  /**
   * What they say.
   *
   * @param write whether lock files are written
   * @param update whether they may change
   */
  public LockOptions options(CommandContext context, boolean write, boolean update)
      throws IOException {
    String cwd = context.caller().invocation().cwd();
    List<LockOptions.Override> all = new ArrayList<>();
    for (int i = 0; i + 1 < overrides.size(); i += 2) {
      check(overrides.get(i));
      String flake = FlakeArgument.anyReference(overrides.get(i + 1), cwd);
      all.add(new LockOptions.Override(overrides.get(i), flake));
    }
    if (recreate) {
      context
          .messages()
          .warning(
              "'--recreate-lock-file' is deprecated and will be removed in a future version; use"
                  + " 'bc flake update' instead.");
    }
    for (String input : updates) {
      context
          .messages()
          .warning(
              "'--update-input' is a deprecated alias for 'flake update' and will be removed in a"
                  + " future version.");
      check(input);
    }
    Optional<LockOptions.Reference> read = Optional.empty();
    if (reference.isPresent()) {
      String path = CanonicalPath.absolute(reference.get(), cwd);
      Path file = Path.of(Octets.toText(path));
      Optional<String> text =
          Files.exists(file) ? Optional.of(Octets.of(Files.readAllBytes(file))) : Optional.empty();
      read = Optional.of(new LockOptions.Reference(path, text));
    }
    return new LockOptions(
        write && all.isEmpty(),
        update,
        false,
        recreate,
        all,
        Set.copyOf(updates),
        read,
        output.map(o -> CanonicalPath.absolute(o, cwd)),
        commit);
  }

  /**
   * Looks whether this can be the path of an input.
   *
   * @throws CommandException if it cannot
   */
  public static void check(String input) {
    try {
      LockOptions.path(input);
    } catch (InputException e) {
      throw new CommandException(e.getMessage());
    }
  }
}
