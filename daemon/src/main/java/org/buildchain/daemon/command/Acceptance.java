package org.buildchain.daemon.command;

import java.io.IOException;
import java.util.Collection;
import java.util.function.Predicate;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.path.StorePath;

/** What a chain's word counts for: outputs that strangers rebuilt are taken without building. */
public interface Acceptance {
  /**
   * Makes the outputs of derivations valid that the chain in use calls valid, as far as the
   * settings {@code verified-validators} and {@code verified-depth} are content.
   *
   * @param required whether nothing else will do
   * @throws CommandException if it is required and something is missing, which the message says; or
   *     if the store holds other outputs than the chain calls valid
   */
  void fetch(
      CommandContext context, Settings settings, Collection<StorePath> drvPaths, boolean required)
      throws IOException, InterruptedException;

  /**
   * Which paths of the store the chain in use vouches for: outputs that it calls valid, as far as
   * the settings are content, and what they refer to. What it answers is at most a few seconds old.
   */
  Predicate<StorePath> accepted(CommandContext context, Settings settings);
}
