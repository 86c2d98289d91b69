package org.buildchain.daemon.command.dispatch;

import java.util.List;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/** Says what this machine can do and what it lacks. */
@Command(
    name = "doctor",
    description = "Says what this machine can do and what is missing, with the next step for each.",
    footerHeading = "%nExamples:%n",
    footer = {"  bc doctor", "  bc doctor --json"})
final class DoctorCommand extends BcCommand {
  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() {
    List<Services.Finding> findings = context.services().diagnose();
    boolean well = findings.stream().allMatch(Services.Finding::ok);
    if (json) {
      ArrayNode array = new ObjectMapper().createArrayNode();
      findings.forEach(
          f ->
              array
                  .addObject()
                  .put("name", f.name())
                  .put("ok", f.ok())
                  .put("detail", f.detail())
                  .put("remedy", f.remedy()));
      context.messages().println(array.toString());
    } else {
      for (Services.Finding f : findings) {
        context
            .messages()
            .println((f.ok() ? "ok       " : "missing  ") + f.name() + ": " + f.detail());
        if (!f.remedy().isEmpty()) {
          context.messages().println("         next step: " + f.remedy());
        }
      }
      context
          .messages()
          .println(well ? "This machine can build." : "This machine lacks something; see above.");
    }
    return well ? 0 : 1;
  }
}
