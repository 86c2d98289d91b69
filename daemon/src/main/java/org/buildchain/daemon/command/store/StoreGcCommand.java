package org.buildchain.daemon.command.store;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Sizes;
import org.buildchain.store.disk.CollectOptions;
import org.buildchain.store.disk.Collected;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Removes what nothing keeps alive. */
@Command(
    name = "gc",
    description = {
      "Removes what nothing keeps alive, least recently used first.",
      "",
      "Alive is what pins lead to ('result' links among them), what running processes have open,"
          + " what running commands use, and all that these refer to. Builds, adds and reads go on"
          + " meanwhile. NARs that 'bc serve' keeps go with their paths, or before any path where"
          + " '--max-freed' is given: they can be made again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store gc --dry-run            what would go, and how much that is",
      "  bc store gc --max 10G            stop when so much is free",
      "  bc store gc --older-than 30d     what nobody has used for so long",
      "  bc store gc --keep-last-used 100 all but the 100 used last, and what they need"
    })
final class StoreGcCommand extends BcCommand {
  @Option(
      names = {"--max", "--max-freed"},
      paramLabel = "BYTES",
      description = "Stop when this much was freed; K, M, G and T are powers of 1024.")
  private Optional<String> maxFreed = Optional.empty();

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "Only what nobody has used for so long: 30d, 12h, 90m.")
  private Optional<String> olderThan = Optional.empty();

  @Option(
      names = "--keep-last-used",
      paramLabel = "N",
      description = "Keep the N paths that were used last, and what they refer to.")
  private Optional<Integer> keepLastUsed = Optional.empty();

  @Option(names = "--dry-run", description = "Remove nothing; print what would go.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (keepLastUsed.isPresent() && keepLastUsed.get() < 0) {
      throw new CommandException("option '--keep-last-used': expected a number of paths");
    }
    CollectOptions options =
        new CollectOptions(
            maxFreed.stream().mapToLong(t -> Sizes.bytes("--max-freed", t)).findFirst(),
            olderThan.map(t -> Sizes.age("--older-than", t)),
            keepLastUsed.stream().mapToInt(Integer::intValue).findFirst(),
            Optional.empty(),
            true,
            dryRun);
    print(context, context.services().collect(options), dryRun, json);
    return 0;
  }

  /** Removes exactly these. */
  static CollectOptions only(Set<org.buildchain.store.path.StorePath> paths) {
    return new CollectOptions(
        OptionalLong.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.of(paths),
        false,
        false);
  }

  static void print(CommandContext context, Collected collected, boolean dryRun, boolean json) {
    var dir = context.services().store().dir();
    if (json) {
      ObjectNode object = new ObjectMapper().createObjectNode();
      var paths = object.putArray("paths");
      collected.paths().forEach(p -> paths.add(dir.print(p)));
      object
          .put("blocks", collected.blocks())
          .put("bytes", collected.bytes())
          .put("kept", collected.kept())
          .put("dryRun", dryRun);
      context.messages().println(object.toString());
      return;
    }
    collected.paths().forEach(p -> context.messages().println(dir.print(p)));
    context
        .messages()
        .note(
            collected.paths().size()
                + " store paths "
                + (dryRun ? "would be " : "")
                + "deleted, "
                + Sizes.words(collected.bytes())
                + (dryRun ? " would be freed" : " freed"));
  }
}
