package org.buildchain.daemon.command.build;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Option;

/** What a command does with derivations that it is to make valid. */
public final class RealiseOptions {
  @Option(names = "--dry-run", description = "Only say what would be built and fetched.")
  private boolean dryRun;

  @Option(
      names = {"--check", "--rebuild"},
      description =
          "Build again what is there, and compare: status 104 if it comes out otherwise, with what"
              + " differs. With --keep-failed the second output is kept.")
  private boolean check;

  @Option(
      names = "--repair",
      description = "Fetch or build again what is damaged of the outputs and what they refer to.")
  private boolean repair;

  /**
   * Does what these options say.
   *
   * @param logs whether builders' output is shown as it comes
   * @return what was made; empty if nothing was to be
   */
  public Optional<SortedMap<StorePath, SortedMap<String, StorePath>>> run(
      CommandContext context, Settings settings, boolean logs, Collection<DerivedPath> wanted)
      throws InterruptedException {
    Builds builds = new Builds(context, settings, logs);
    if (dryRun) {
      builds.show(wanted);
      return Optional.empty();
    }
    SortedMap<StorePath, SortedMap<String, StorePath>> made =
        builds.realise(wanted, check ? BuildMode.CHECK : BuildMode.NORMAL);
    if (repair) {
      Mending.of(context, settings).mendClosure(made);
    }
    return Optional.of(Collections.unmodifiableSortedMap(made));
  }
}
