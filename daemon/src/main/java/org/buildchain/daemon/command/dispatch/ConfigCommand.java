package org.buildchain.daemon.command.dispatch;

import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.settings.Setting;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows the settings as they hold for the caller: those of {@code nix config show} in its form. */
@Command(
    name = "config",
    description = {
      "Shows the settings as they hold for you.",
      "They are read from /etc/bc/bc.conf, bc.conf in the store's root and"
          + " ~/.config/bc/bc.conf, later ones over earlier ones, in lines 'name = value'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc config                 name = value, a line each",
      "  bc config max-jobs        one value",
      "  bc config --explain       with what each means and its default",
      "  bc config --json"
    })
final class ConfigCommand extends BcCommand {
  @Option(names = "--json", description = "Print an object of objects.")
  private boolean json;

  @Option(names = "--explain", description = "Say what each setting means.")
  private boolean explain;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this setting's value.")
  private Optional<String> name = Optional.empty();

  @Mixin private SettingOptions options;

  @Override
  public Integer call() {
    Settings settings = context.settings(options);
    List<Setting> asked =
        Settings.known().stream()
            .filter(s -> name.isEmpty() || name.get().equals(s.name()))
            .toList();
    if (asked.isEmpty()) {
      throw new CommandException("there is no setting '" + name.orElse("") + "'");
    }
    if (json) {
      context.messages().println(json(asked, settings));
      return 0;
    }
    for (Setting s : asked) {
      if (explain) {
        context.messages().println("# " + s.meaning() + " Default: '" + s.initial() + "'");
      }
      String value = s.shown(settings.text(s.name()));
      context.messages().println(name.isPresent() ? value : s.name() + " = " + value);
    }
    return 0;
  }

  private static String json(List<Setting> asked, Settings settings) {
    ObjectNode object = new ObjectMapper().createObjectNode();
    for (Setting s : asked) {
      object
          .putObject(s.name())
          .put("value", s.shown(settings.text(s.name())))
          .put("defaultValue", s.initial())
          .put("description", s.meaning());
    }
    return object.toString();
  }
}
