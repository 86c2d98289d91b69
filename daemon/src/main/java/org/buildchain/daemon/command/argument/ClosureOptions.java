package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Store objects that a command is about, alone or with all that they refer to. Source: Nix 2.26
 * manual, {@code nix}, "Options that change the interpretation of installables".
 */
public final class ClosureOptions {
  @Mixin private PathOptions paths;

  @Option(
      names = {"-r", "--recursive"},
      description = "The whole closures.")
  private boolean recursive;

  @Option(names = "--all", description = "Every valid path.")
  private boolean all;

  @Option(names = "--derivation", description = "The derivations, not their outputs.")
  private boolean derivation;

  /** Whether nothing is named. */
  public boolean none() {
    return !all && paths.none();
  }

  /**
   * The objects, each once; nothing is built. Those that are named by their store paths need not be
   * here, unless their closures are wanted.
   *
   * @throws CommandException if nothing is named
   */
  public Collection<StorePath> chosen(CommandContext context, SettingOptions settings)
      throws IOException {
    DiskStore store = context.services().store();
    if (all) {
      return everything(paths, store::allPaths);
    }
    if (none()) {
      throw new CommandException("name a path, or give --all");
    }
    List<StorePath> roots =
        derivation ? paths.derivations(context, settings) : paths.named(context, settings);
    return recursive ? store.closure(roots) : roots;
  }

  /**
   * What {@code --all} stands for.
   *
   * @throws CommandException if paths are named too
   */
  public static Collection<StorePath> everything(
      PathOptions named, Supplier<? extends Collection<StorePath>> valid) {
    if (!named.none()) {
      throw new CommandException("'--all' does not expect arguments");
    }
    return valid.get();
  }
}
