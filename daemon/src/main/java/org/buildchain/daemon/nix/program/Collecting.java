package org.buildchain.daemon.nix.program;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import org.buildchain.store.path.StorePath;

/** Collecting garbage as Nix's programs do it. */
public final class Collecting {
  private static final double MEBIBYTE = 1 << 20;

  private final CommandContext context;

  /** For one command, on the store of its daemon. */
  public Collecting(CommandContext context) {
    this.context = context;
  }

  /** What a collection would remove. */
  public Collected dead() throws IOException {
    return context.services().collect(options(OptionalLong.empty(), Optional.empty(), true));
  }

  /**
   * Removes what nothing keeps alive, and says how much.
   *
   * @param maxFreed the bytes at which to stop
   */
  public void all(OptionalLong maxFreed) throws IOException {
    say(context.services().collect(options(maxFreed, Optional.empty(), false)));
  }

  /** Removes these, if nothing keeps them alive, and says how much. */
  public Collected only(Set<StorePath> paths) throws IOException {
    Collected collected =
        context.services().collect(options(OptionalLong.empty(), Optional.of(paths), false));
    say(collected);
    return collected;
  }

  private static CollectOptions options(
      OptionalLong maxFreed, Optional<Set<StorePath>> paths, boolean dryRun) {
    return new CollectOptions(
        maxFreed, Optional.empty(), OptionalInt.empty(), paths, paths.isEmpty(), dryRun);
  }

  private void say(Collected collected) {
    collected
        .paths()
        .forEach(
            p ->
                context
                    .messages()
                    .note("deleting '" + context.services().store().dir().print(p) + "'"));
    context
        .messages()
        .println(
            String.format(
                Locale.ROOT,
                "%d store paths deleted, %.2f MiB freed",
                collected.paths().size(),
                collected.bytes() / MEBIBYTE));
  }
}
