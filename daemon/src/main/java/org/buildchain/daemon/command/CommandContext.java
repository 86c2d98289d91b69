package org.buildchain.daemon.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.daemon.evaluation.CommandRecord;
import org.buildchain.daemon.evaluation.KeptEvaluators;
import org.buildchain.daemon.server.Caller;
import org.buildchain.daemon.server.NextProgram;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.daemon.settings.SettingsLoader;
import org.buildchain.store.format.Octets;

/**
 * What a command works with.
 *
 * @param services the daemon's parts
 * @param evaluators what earlier commands evaluated
 * @param caller who gave the command
 * @param record notes what the command looks at
 */
public record CommandContext(
    Services services,
    KeptEvaluators evaluators,
    Caller caller,
    Messages messages,
    CommandRecord record) {
  /** For a command that nothing is noted of yet. */
  public CommandContext(
      Services services, KeptEvaluators evaluators, Caller caller, Messages messages) {
    this(services, evaluators, caller, messages, new CommandRecord());
  }

  /** The caller's settings from its files; warns of unknown ones. */
  public Settings settings() {
    try {
      SettingsLoader.Loaded loaded =
          SettingsLoader.load(services.root(), caller.invocation().env());
      record.rests(new LoadedSettings(loaded, services.root(), caller.invocation().env()));
      loaded.warnings().forEach(messages::warning);
      return loaded.settings();
    } catch (IOException e) {
      throw new CommandException("cannot read the settings: " + IoErrors.message(e));
    }
  }

  /** The same, with what options of the command say; warns of unknown ones there too. */
  public Settings settings(SettingOptions options) {
    return options.apply(settings(), messages::warning);
  }

  /**
   * Has a program take the client's place in its terminal, once the command has ended. It sees the
   * store in the store's own folder.
   *
   * @param program a path; without a slash it is looked for in the PATH of {@code env}
   * @param args with the program's name at their head
   */
  public void become(String program, List<String> args, Map<String, String> env)
      throws IOException {
    String view = Octets.fromText(services.view().toString());
    NextProgram.Shown shown = new NextProgram.Shown(view, services.store().dir().path());
    caller.become(new NextProgram(program, args, env, Optional.of(shown)));
  }
}
