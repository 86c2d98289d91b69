package org.buildchain.daemon.chain.market;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.output.StoreExplorerSource;
import org.buildchain.daemon.chain.validator.DisputeText;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.explorer.DisputeReader;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows disputes and their markets. */
@Command(
    name = "show",
    description = {
      "Shows disputes: all in brief, or those that are named with their market, jury and evidence.",
      "",
      "Evidence that is not here is asked of the setting 'gateways'. With '--json' an array of"
          + " objects comes, as 'bc explorer' has them at /api/disputes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc market show",
      "  bc market show 0x3fa9",
      "  bc market show 0x3fa9 --json --option gateways http://example.org:5000"
    })
final class MarketShowCommand extends BcCommand {
  @Parameters(
      paramLabel = "DISPUTE",
      arity = "0..1",
      description = "The id of a dispute or a claim, or its beginning. Default: all.")
  private Optional<String> subject = Optional.empty();

  @Mixin private SettingOptions settingOptions;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    try (ChainInUse chain = ChainInUse.open(context)) {
      StoreExplorerSource source =
          new StoreExplorerSource(context, context.settings(settingOptions), chain);
      DisputeReader reader = new DisputeReader(source);
      List<JsonNode> shown =
          subject.isPresent()
              ? new ArrayList<>(found(reader, subject.get()))
              : new ArrayList<>(reader.all());
      if (json) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        shown.forEach(array::add);
        context.messages().println(Octets.fromText(array.toString()));
        return 0;
      }
      if (shown.isEmpty()) {
        context.messages().note("there is no dispute on this chain");
      }
      long now = chain.node().latest().timestamp();
      for (JsonNode dispute : shown) {
        String text =
            subject.isPresent()
                ? new DisputeText(dispute, now).full()
                : new DisputeText(dispute, now).brief();
        // What evidence says may hold anything; it must not steer the terminal.
        context.messages().print(Octets.fromText(DisputeText.printable(text)));
      }
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
    return 0;
  }

  private static List<ObjectNode> found(DisputeReader reader, String beginning) {
    List<ObjectNode> found = reader.find(beginning.toLowerCase(Locale.ROOT));
    if (found.isEmpty()) {
      throw new CommandException(
          "no dispute's id, and no disputed claim's, begins with '"
              + beginning
              + "'; 'bc market show' lists them");
    }
    return found;
  }
}
