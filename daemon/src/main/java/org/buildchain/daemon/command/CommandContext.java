package org.buildchain.daemon.command;

import java.io.IOException;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.settings.SettingsLoader;

/**
 * What a command works with.
 *
 * @param services the daemon's parts
 * @param evaluators what earlier commands evaluated
 * @param caller who gave the command
 */
public record CommandContext(
    Services services, KeptEvaluators evaluators, Caller caller, Messages messages) {
  /** The caller's settings from its files; warns of unknown ones. */
  public Settings settings() {
    try {
      SettingsLoader.Loaded loaded =
          SettingsLoader.load(services.root(), caller.invocation().env());
      loaded.warnings().forEach(messages::warning);
      return loaded.settings();
    } catch (IOException e) {
      throw new CommandException("cannot read the settings: " + e.getMessage());
    }
  }
}
