package org.buildchain.daemon.command.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.buildchain.daemon.command.BcCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The commands on the store itself. */
@Command(
    name = "store",
    description = "Looks into the store, adds to it, checks it, cleans it.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store ls -lR ./result           what is in it",
      "  bc store path-info -rS ./result    its closure and sizes",
      "  bc store verify                    digest every block again",
      "  bc store gc --dry-run              what nothing keeps alive",
      "  bc store export ./result > x.car   what 'bc store import < x.car' takes"
    })
public final class StoreCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  public static CommandLine line() {
    CommandLine line = new CommandLine(new StoreCommand());
    Map<String, Supplier<BcCommand>> below = new LinkedHashMap<>();
    below.put("add", StoreAddCommand::new);
    below.put("prefetch-file", StorePrefetchFileCommand::new);
    below.put("info", StoreInfoCommand::new);
    below.put("ls", StoreLsCommand::new);
    below.put("cat", StoreCatCommand::new);
    below.put("dump-path", StoreDumpPathCommand::new);
    below.put("path-from-hash-part", StorePathFromHashPartCommand::new);
    below.put("diff-closures", StoreDiffClosuresCommand::new);
    below.put("sign", StoreSignCommand::new);
    below.put("path-info", () -> new PathInfoCommand(false));
    below.put("verify", StoreVerifyCommand::new);
    below.put("repair", StoreRepairCommand::new);
    below.put("export", StoreExportCommand::new);
    below.put("import", StoreImportCommand::new);
    below.put("gc", StoreGcCommand::new);
    below.put("delete", StoreDeleteCommand::new);
    below.forEach((name, factory) -> line.addSubcommand(name, factory.get()));
    return line;
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }
}
