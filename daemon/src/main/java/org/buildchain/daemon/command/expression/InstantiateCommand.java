package org.buildchain.daemon.command.expression;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.store.path.StoreDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/** Evaluates an expression and writes its derivations. */
@Command(
    name = "instantiate",
    description = "Writes the derivations of an expression to the store and prints their paths.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc instantiate                       of ./default.nix",
      "  bc instantiate '<nixpkgs>' -A hello  of one attribute",
      "  bc instantiate --json ./.            with attribute and output, for programs"
    })
public final class InstantiateCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    List<Found> found = new ArrayList<>();
    for (Evaluation.Query query : expression.queries(context)) {
      found.addAll(evaluations.evaluation(query).derivations(query));
    }
    context.record().completes();
    StoreDir dir = context.services().store().dir();
    if (json) {
      ArrayNode array = new ObjectMapper().createArrayNode();
      for (Found f : found) {
        array
            .addObject()
            .put("attribute", f.attribute())
            .put("drvPath", dir.print(f.drvPath()))
            .put("output", f.output());
      }
      context.messages().println(array.toString());
      return 0;
    }
    for (Found f : found) {
      String output = f.output().equals("out") ? "" : "!" + f.output();
      context.messages().println(dir.print(f.drvPath()) + output);
    }
    return 0;
  }
}
