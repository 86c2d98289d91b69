package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Colours;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.diff.compare.TreeDiff;
import org.buildchain.diff.report.Report;
import org.buildchain.diff.report.ReportJson;
import org.buildchain.diff.report.ReportText;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says in what two outputs differ. */
@Command(
    name = "diff",
    description = {
      "Says in what two outputs of one derivation differ, and why.",
      "",
      "Each difference has a class (time-stamp, build-path, entry-order, code, ...; docs/formats.md"
          + " lists them) and an effect: 'none' where nothing that runs reads it, 'data' where a"
          + " cause is known but programs may read it, 'code' for all else. ELF, ar, gzip, zip,"
          + " tar, compiled Python and text are looked into.",
      "",
      "The exit status is 0 if they are the same, 1 if they differ, 2 for errors, as diff has it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc diff ./result ./result-2",
      "  bc diff --json /nix/store/...-hello /tmp/rebuilt",
      "  bc diff --json A B | jq -e '.verdict == \"harmless\"'"
    })
public final class DiffCommand extends BcCommand {
  private static final int DIFFERENT = 1;
  private static final int FAILED = 2;

  @Parameters(
      index = "0",
      paramLabel = "OUT1",
      description = "A store path, a link to one, a folder or a file.")
  private String left;

  @Parameters(index = "1", paramLabel = "OUT2", description = "The other one.")
  private String right;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /**
   * @param hash the hash part of its own store path
   */
  private record Side(FileTree tree, Optional<String> hash) {}

  @Override
  public Integer call() {
    Report report;
    try {
      Side l = side(left);
      Side r = side(right);
      report = TreeDiff.compare(l.tree(), r.tree(), l.hash(), r.hash());
    } catch (IOException e) {
      throw new CommandException(
          "cannot compare '" + left + "' and '" + right + "': " + IoErrors.message(e), FAILED);
    }
    if (json) {
      context.messages().println(Octets.fromText(ReportJson.of(report, left, right).toString()));
    } else {
      context
          .messages()
          .print(ReportText.of(report, Colours.wantedOnOutput(context.caller().invocation())));
    }
    return report.same() ? 0 : DIFFERENT;
  }

  /** What an argument means: something in the store, or else on the disk. */
  private Side side(String argument) throws IOException {
    StoreArguments arguments = new StoreArguments(context);
    DiskStore store = context.services().store();
    Optional<StoreArguments.Place> place = stored(arguments, argument);
    if (place.isPresent()) {
      return new Side(
          arguments.open(place.get(), argument), Optional.of(place.get().object().hashPart()));
    }
    String given = CanonicalPath.absolute(argument, context.caller().invocation().cwd());
    if (Posix.find(given).isEmpty()) {
      throw new CommandException("there is no '" + argument + "'", FAILED);
    }
    String path = Octets.fromText(Path.of(Octets.toText(given)).toRealPath().toString());
    Optional<String> hash;
    try {
      hash =
          path.startsWith(store.dir() + "/")
              ? Optional.of(store.dir().parse(path).hashPart())
              : Optional.empty();
    } catch (FormatException e) {
      hash = Optional.empty();
    }
    return new Side(DiskTree.of(path), hash);
  }

  /** Where it is in the store; empty for what is elsewhere. */
  private static Optional<StoreArguments.Place> stored(StoreArguments arguments, String argument)
      throws IOException {
    try {
      return Optional.of(arguments.resolve(argument));
    } catch (CommandException e) {
      return Optional.empty();
    }
  }
}
