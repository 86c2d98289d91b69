package org.buildchain.daemon.chain.validator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.validator.Declines;
import org.buildchain.chain.validator.Leaving;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says how this machine's validators are. */
@Command(
    name = "status",
    description = {
      "Says of each validator that has run here what it has staked, whether it can be drawn, and"
          + " which derivations it declined of late: for their system, for features that they"
          + " require, for their size, for the time of their build, because it built too much"
          + " already (load), or because the build fails."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  bc validator status", "  bc validator status --json"})
final class ValidatorStatusCommand extends BcCommand {
  private static final int BRIEF = 12;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ArrayNode all = new ObjectMapper().createArrayNode();
    try (ChainInUse chain = ChainInUse.open(context)) {
      Path folder = ChainInUse.folder(context).resolve("validators");
      for (String name : names(folder)) {
        Address validator = Address.parse(name);
        Address registry = chain.network().registry();
        Values stake = chain.node().call(registry, ValidatorRegistryAbi.stakeOf(validator));
        boolean available =
            chain.node().call(registry, ValidatorRegistryAbi.isAvailable(validator)).flag(0);
        ObjectNode one = all.addObject().put("validator", validator.toString());
        one.put("staked", ChainInUse.digits(stake.number(0)));
        one.put("locked", ChainInUse.digits(stake.number(1)));
        one.put("available", available);
        if (!available) {
          Leaving.of(chain.claims(), validator).ifPresent(l -> one.put("leaves", l.from()));
        }
        ArrayNode declined = one.putArray("declined");
        for (Declines.Decline d : Declines.read(folder.resolve(name))) {
          declined
              .addObject()
              .put("claim", d.claim().toString())
              .put("derivation", Outputs.cid(d.derivation()).toString())
              .put("reason", d.reason().word())
              .put("text", Octets.toText(d.text()))
              .put("time", d.time());
        }
      }
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
    if (json) {
      context.messages().println(Octets.fromText(all.toString()));
    } else if (all.isEmpty()) {
      context.messages().note("no validator has run here; 'bc validator run' starts one");
    } else {
      // What builds said may hold anything; it must not steer the terminal.
      all.forEach(v -> context.messages().print(Octets.fromText(DisputeText.printable(text(v)))));
    }
    return 0;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static String text(JsonNode validator) {
    StringBuilder out = new StringBuilder();
    out.append("validator ").append(validator.path("validator").asString(""));
    out.append(": ").append(validator.path("staked").asString("")).append(" BCT staked, ");
    out.append(validator.path("locked").asString("")).append(" BCT of it locked by services; ");
    out.append(validator.path("available").asBoolean(false) ? "can" : "can not");
    out.append(" be drawn");
    if (validator.has("leaves")) {
      out.append("; it leaves, from ");
      out.append(Instant.ofEpochSecond(validator.path("leaves").asLong(0))).append(" on");
    }
    out.append('\n');
    for (JsonNode d : validator.path("declined")) {
      out.append("  ").append(Instant.ofEpochSecond(d.path("time").asLong(0)));
      out.append(" declined claim ").append(d.path("claim").asString(""), 0, BRIEF);
      out.append(" (").append(d.path("reason").asString("")).append("): ");
      out.append(d.path("text").asString("").replace('\n', ' ')).append('\n');
    }
    return out.toString();
  }
}
