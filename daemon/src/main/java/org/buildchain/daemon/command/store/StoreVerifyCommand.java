package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.ClosureOptions;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks the whole store, or paths. */
@Command(
    name = "verify",
    description = {
      "Reads every block of every valid path from the disk, digests it again, and compares each"
          + " path's NAR hash and references.",
      "",
      "With paths, or --all: does so with these, and asks who vouches for them. The exit status is"
          + " Nix's then: 1 for damage, 2 for what is not trusted, 4 for what is not there, and"
          + " sums of these."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store verify && echo all is well",
      "  bc store verify --repair             put back what is damaged",
      "  bc store verify -r ./result          a closure, and that it is to be trusted",
      "  bc store verify --all --no-trust",
      "  bc store verify -n 2 ./result        signed by two trusted keys"
    })
final class StoreVerifyCommand extends BcCommand {
  @Mixin private ClosureOptions paths;

  @Mixin private PathChecks checks;

  @Mixin private SettingOptions settingOptions;

  @Option(names = "--json", description = "Print an object with the number of paths and problems.")
  private boolean json;

  @Option(
      names = "--repair",
      description =
          "Fetch damaged paths from binary caches, or build them again. What nobody has is named.")
  private boolean repair;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = context.settings(settingOptions);
    return paths.none() && !checks.given() ? whole(settings) : some(settings);
  }

  private int some(Settings settings) throws IOException, InterruptedException {
    Collection<StorePath> chosen = paths.chosen(context, settingOptions);
    PathChecks.Found found = checks.of(context, settings, chosen);
    SortedSet<StorePath> still = found.damaged();
    if (repair && !still.isEmpty()) {
      still = Mending.of(context, settings).mend(still);
    }
    if (json) {
      print(chosen.size(), found.problems(), still);
    }
    return new PathChecks.Found(found.problems(), still, found.untrusted(), found.failed())
        .status();
  }

  private int whole(Settings settings) throws InterruptedException {
    DiskStore store = context.services().store();
    List<String> problems = new ArrayList<>();
    SortedSet<StorePath> damaged = new TreeSet<>();
    SortedSet<StorePath> all = store.allPaths();
    store.verify(
        all,
        (path, text) -> {
          damaged.add(path);
          String problem = store.dir().print(path) + ": " + text;
          problems.add(problem);
          if (!json) {
            context.messages().error(problem);
          }
        });
    SortedSet<StorePath> still = repair ? Mending.of(context, settings).mend(damaged) : damaged;
    if (json) {
      print(all.size(), problems, still);
    } else {
      context
          .messages()
          .println(
              all.size()
                  + " paths checked, "
                  + problems.size()
                  + " problems found"
                  + (repair ? ", " + still.size() + " paths damaged still" : ""));
    }
    return still.isEmpty() ? 0 : 1;
  }

  private void print(int paths, List<String> problems, SortedSet<StorePath> still) {
    ObjectNode object = new ObjectMapper().createObjectNode().put("paths", paths);
    problems.forEach(object.putArray("problems")::add);
    if (repair) {
      ArrayNode left = object.putArray("damaged");
      still.forEach(p -> left.add(context.services().store().dir().print(p)));
    }
    context.messages().println(object.toString());
  }
}
