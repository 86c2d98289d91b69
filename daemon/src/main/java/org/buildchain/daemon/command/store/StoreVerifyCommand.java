package org.buildchain.daemon.command.store;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.build.Mending;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks the whole store. */
@Command(
    name = "verify",
    description =
        "Reads every block of every valid path from the disk, digests it again, and compares each"
            + " path's NAR hash and references.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store verify && echo all is well",
      "  bc store verify --repair             put back what is damaged"
    })
final class StoreVerifyCommand extends BcCommand {
  @Option(names = "--json", description = "Print an object with the number of paths and problems.")
  private boolean json;

  @Option(
      names = "--repair",
      description =
          "Fetch damaged paths from binary caches, or build them again. What nobody has is named.")
  private boolean repair;

  @Override
  public Integer call() throws InterruptedException {
    DiskStore store = context.services().store();
    List<String> problems = new ArrayList<>();
    SortedSet<StorePath> damaged = new TreeSet<>();
    SortedSet<StorePath> paths = store.allPaths();
    store.verify(
        paths,
        (path, text) -> {
          damaged.add(path);
          String problem = store.dir().print(path) + ": " + text;
          problems.add(problem);
          if (!json) {
            context.messages().error(problem);
          }
        });
    SortedSet<StorePath> still = damaged;
    if (repair) {
      still = Mending.of(context, context.settings()).mend(damaged);
    }
    if (json) {
      ObjectNode object = new ObjectMapper().createObjectNode().put("paths", paths.size());
      problems.forEach(object.putArray("problems")::add);
      if (repair) {
        ArrayNode left = object.putArray("damaged");
        still.forEach(p -> left.add(store.dir().print(p)));
      }
      context.messages().println(object.toString());
    } else {
      context
          .messages()
          .println(
              paths.size()
                  + " paths checked, "
                  + problems.size()
                  + " problems found"
                  + (repair ? ", " + still.size() + " paths damaged still" : ""));
    }
    return still.isEmpty() ? 0 : 1;
  }
}
