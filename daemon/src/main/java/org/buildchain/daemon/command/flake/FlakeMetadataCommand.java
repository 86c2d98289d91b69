package org.buildchain.daemon.command.flake;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Colours;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.LockFileOptions;
import org.buildchain.language.flake.FlakeMetadata;
import org.buildchain.language.flake.LockOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says where a flake is and what it is locked to. */
@Command(
    name = "metadata",
    description = "Says where a flake is, when it was changed and what its inputs are locked to.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc flake metadata                       of the flake here",
      "  bc flake metadata nixpkgs               by a name of the registries",
      "  bc flake metadata --json github:NixOS/patchelf"
    })
final class FlakeMetadataCommand extends BcCommand {
  @Parameters(arity = "0..1", paramLabel = "FLAKE", description = "Default: the flake here.")
  private String flake = ".";

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Mixin private LockFileOptions lockOptions;

  @Mixin private SettingOptions settingOptions;

  @Override
  public Integer call() throws Exception {
    String reference = FlakeArgument.reference(flake, context.caller().invocation().cwd());
    LockOptions locks = lockOptions.options(context);
    FlakeMetadata metadata =
        new Evaluations(context, settingOptions, lockOptions.inputs(), Map.of())
            .ofFlake(reference)
            .run(ev -> FlakeMetadata.of(ev, reference, locks));
    if (json) {
      context.messages().println(metadata.json());
    } else {
      boolean colours = Colours.wantedOnOutput(context.caller().invocation());
      metadata.text(zone(), colours).forEach(context.messages()::println);
    }
    return 0;
  }

  /** The caller's. */
  private ZoneId zone() {
    String name = context.caller().invocation().env().getOrDefault("TZ", "");
    try {
      return name.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(name.replaceFirst("^:", ""));
    } catch (DateTimeException e) {
      return ZoneId.systemDefault();
    }
  }
}
