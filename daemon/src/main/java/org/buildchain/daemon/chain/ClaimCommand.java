package org.buildchain.daemon.chain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.validator.Publisher;
import org.buildchain.chain.wallet.Key;
import org.buildchain.daemon.chain.network.Availability;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.network.WalletOptions;
import org.buildchain.daemon.chain.output.Derived;
import org.buildchain.daemon.chain.output.OutputBlocks;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Claims that derivations have the outputs that they have here. */
@Command(
    name = "claim",
    description = {
      "Builds derivations if needed, claims on the chain in use that they have the outputs that"
          + " they have here, and follows each claim to its end.",
      "",
      "Validators must get the derivation by its CID: run 'bc serve' where they can reach it. A"
          + " claim that is still open is gone on with. Exit status 0 if all became valid, else 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc claim ./default.nix -A app --password-file password",
      "  bc claim /nix/store/...-hello-1.0.drv",
      "  bc claim --dry-run"
    })
final class ClaimCommand extends BcCommand {
  static final int NOT_VALID = 3;
  private static final int MAX_CLASS = 15;
  private static final long POLL_MILLIS = 300;
  private static final int BRIEF = 12;

  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Mixin private WalletOptions wallet;

  @Option(
      names = "--build-class",
      paramLabel = "K",
      description = "Validators get 2^K times the rules' build time. Default: 0.")
  private Optional<Integer> buildClass = Optional.empty();

  @Option(names = "--dry-run", description = "Only say what would be claimed.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print an array of claims.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    List<Found> found = expression.found(context, evaluations);
    boolean allValid = true;
    var array = new tools.jackson.databind.ObjectMapper().createArrayNode();
    try (ChainInUse chain = ChainInUse.open(context)) {
      Optional<Publisher> publisher = dryRun ? Optional.empty() : Optional.of(publisher(chain));
      for (StorePath drvPath : found.stream().map(Found::drvPath).distinct().toList()) {
        Derived derived = new Derived(context, evaluations.settings(), drvPath);
        SortedMap<String, Cid> objects = derived.build();
        Cid outputs =
            new OutputBlocks(context.services().root(), evaluations.settings()).keep(objects);
        Cid derivation = Derived.cid(context.services().store(), drvPath);
        context.messages().note("derivation " + derivation + "\noutputs    " + outputs);
        if (publisher.isEmpty()) {
          continue;
        }
        Publisher.Claim claim = publisher.get().find(derived.digest(), Outputs.digest(outputs));
        publisher.get().publish(claim, classOf(chain.claims().currentRules()));
        Phase end = follow(publisher.get(), claim);
        allValid &= end == Phase.VALID;
        array
            .addObject()
            .put("claim", claim.id().toString())
            .put("drvPath", context.services().store().dir().print(drvPath))
            .put("derivation", derivation.toString())
            .put("outputs", outputs.toString())
            .put("phase", end.name().toLowerCase(java.util.Locale.ROOT));
        if (!json) {
          context
              .messages()
              .println(claim.id() + " " + end.name().toLowerCase(java.util.Locale.ROOT));
        }
      }
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
    if (json) {
      context.messages().println(array.toString());
    }
    return allValid ? 0 : NOT_VALID;
  }

  private Publisher publisher(ChainInUse chain) throws IOException {
    Key key = wallet.key(context);
    Availability others = Availability.of(chain, key.address());
    if (others.available() == 0 && others.all()) {
      context
          .messages()
          .warning(
              "no validator can be drawn but the publisher's own account, which is never: unless"
                  + " one comes ('bc validator run' with another wallet) the claim is abandoned");
    }
    return new Publisher(chain.claims(), key);
  }

  private int classOf(Rules rules) {
    int wanted = buildClass.orElse(0);
    if (wanted < 0 || wanted > Math.min(MAX_CLASS, rules.maxClass())) {
      throw new CommandException("option '--build-class': expected 0 to " + rules.maxClass());
    }
    return wanted;
  }

  /** Moves the claim on until it ends. A node that is away for a while only takes longer. */
  private Phase follow(Publisher publisher, Publisher.Claim claim) throws InterruptedException {
    String last = "";
    while (true) {
      try {
        Head head = publisher.step(claim);
        Phase phase = Claims.phase(head);
        last = tell(context, claim.id(), head, last);
        if (phase.isEnd()) {
          return phase;
        }
      } catch (NodeException e) {
        if (!e.getMessage().equals(last)) {
          context.messages().warning(e.getMessage());
        }
        last = e.getMessage();
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static String tell(CommandContext context, Word claim, Head head, String last) {
    String text =
        switch (Claims.phase(head)) {
          case NONE -> "not in a block yet";
          case DRAWING ->
              head.reports() == 0
                  ? "waits for a validator to be drawn"
                  : "waits for the draw of validator " + (head.reports() + 1) + ", or of none";
          case BUILDING -> "validator " + head.reports() + " builds";
          case REVEALING -> "validators reveal";
          case OPENING -> "is opened";
          case DISPUTED ->
              "is disputed: validator "
                  + (head.pool() + 1)
                  + " rebuilt something else, a jury judges why ('bc market show "
                  + claim.toString().substring(0, BRIEF)
                  + "')";
          case VALID -> "is valid";
          case UNREPRODUCIBLE -> "ended: the derivation is not reproducible";
          case REFUTED -> "was refuted: the stake is lost";
          case ABANDONED -> "ended: there were not enough validators";
        };
    if (!text.equals(last)) {
      context.messages().note("claim " + claim.toString().substring(0, BRIEF) + " " + text);
    }
    return text;
  }
}
