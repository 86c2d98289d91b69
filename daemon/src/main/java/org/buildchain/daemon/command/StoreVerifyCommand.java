package org.buildchain.daemon.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks the whole store. */
@Command(
    name = "verify",
    description =
        "Reads every block of every valid path from the disk, digests it again, and compares each"
            + " path's NAR hash and references.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc store verify && echo all is well"})
final class StoreVerifyCommand extends BcCommand {
  @Option(names = "--json", description = "Print an object with the number of paths and problems.")
  private boolean json;

  @Override
  public Integer call() {
    var store = context.services().store();
    List<String> problems = new ArrayList<>();
    store.verify(
        problem -> {
          problems.add(problem);
          if (!json) {
            context.messages().error(problem);
          }
        });
    int paths = store.allPaths().size();
    if (json) {
      ObjectNode object = new ObjectMapper().createObjectNode().put("paths", paths);
      problems.forEach(object.putArray("problems")::add);
      context.messages().println(object.toString());
    } else {
      context.messages().println(paths + " paths checked, " + problems.size() + " problems found");
    }
    return problems.isEmpty() ? 0 : 1;
  }
}
