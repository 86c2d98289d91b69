package org.buildchain.daemon.chain;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.proof.ProvedState;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.output.Derived;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says what the chain knows of derivations. */
@Command(
    name = "verify",
    description = {
      "Says what the chain in use knows of derivations: which outputs are valid, since when, and"
          + " who rebuilt them. Each FILE is an expression's, a store path, or a CID.",
      "",
      "Exit status 0 if all are valid and what is here is the same, else 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc verify ./result",
      "  bc verify ./default.nix -A app",
      "  bc verify bafyrei...                    a derivation by its CID",
      "  bc verify ./result --proof --second-node https://other.example.org"
    })
final class VerifyCommand extends BcCommand {
  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Option(
      names = "--proof",
      description = "Check the proof that leads from a block's state root to the answer.")
  private boolean proof;

  @Option(
      names = "--second-node",
      paramLabel = "URL",
      description = "With '--proof', ask this node as well what the block's header is.")
  private Optional<String> secondNode = Optional.empty();

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Map<String, Word> subjects = subjects();
    boolean all = true;
    ArrayNode array = new ObjectMapper().createArrayNode();
    try (ChainInUse chain = ChainInUse.open(context)) {
      Optional<BlockHeader> header = proof ? Optional.of(header(chain)) : Optional.empty();
      for (Map.Entry<String, Word> subject : subjects.entrySet()) {
        Word derivation = subject.getValue();
        Optional<Claims.Entry> entry =
            header.isPresent()
                ? new ProvedState(chain.node(), header.get()).verified(chain.network(), derivation)
                : chain.claims().verified(derivation);
        all &= report(chain, subject.getKey(), derivation, entry, header, array.addObject());
      }
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    }
    if (json) {
      context.messages().println(array.toString());
    }
    return all ? 0 : ClaimCommand.NOT_VALID;
  }

  private BlockHeader header(ChainInUse chain) {
    BlockHeader header = chain.node().latest();
    if (secondNode.isPresent()) {
      try (Node other = new Node(URI.create(secondNode.get()))) {
        chain.network().check(other);
        Optional<BlockHeader> theirs = other.block(header.number());
        if (theirs.isEmpty() || !theirs.get().hash().equals(header.hash())) {
          throw new CommandException(
              "the nodes do not agree: " + other.url() + " has not the block " + header.hash());
        }
      }
    }
    return header;
  }

  private boolean report(
      ChainInUse chain,
      String name,
      Word derivation,
      Optional<Claims.Entry> entry,
      Optional<BlockHeader> header,
      ObjectNode out)
      throws IOException {
    out.put("name", name).put("derivation", Outputs.cid(derivation).toString());
    out.put("valid", entry.isPresent());
    header.ifPresent(h -> out.put("provedAtBlock", h.number()).put("block", h.hash().toString()));
    if (entry.isEmpty()) {
      if (!json) {
        context.messages().println(name + ": the chain does not call any output valid");
      }
      return false;
    }
    Cid outputs = Outputs.cid(entry.get().output());
    List<String> validators = validators(chain, derivation, entry.get().output());
    out.put("outputs", outputs.toString()).put("since", entry.get().since());
    out.put("count", entry.get().validators());
    validators.forEach(out.putArray("validators")::add);
    Optional<Boolean> same = sameAsHere(derivation, outputs);
    same.ifPresent(s -> out.put("sameAsHere", s));
    if (!json) {
      String here =
          same.map(s -> s ? ", the same as here" : ", NOT what is here")
              .orElse("; nothing of it is here");
      context
          .messages()
          .println(
              name
                  + ": outputs "
                  + outputs
                  + " are valid since block "
                  + entry.get().since()
                  + ", rebuilt by "
                  + entry.get().validators()
                  + here);
      validators.forEach(v -> context.messages().println("  " + v));
      header.ifPresent(
          h -> context.messages().println("  proved against block " + h.number() + " " + h.hash()));
    }
    return same.orElse(true);
  }

  /** Who revealed this output, with the time that the build took. */
  private static List<String> validators(ChainInUse chain, Word derivation, Word output) {
    List<String> lines = new ArrayList<>();
    for (Claims.Published claim : chain.claims().about(derivation)) {
      for (var log : chain.claims().history(claim.claim())) {
        if (log.is(ClaimsAbi.REVEALED)) {
          Values v = log.values(ClaimsAbi.REVEALED);
          if (v.word(2).equals(output)) {
            long slot = chain.claims().report(claim.claim(), v.small(1)).slot();
            lines.add(
                chain.claims().validatorAt(slot)
                    + " at block "
                    + log.block()
                    + ", built in "
                    + v.small(3)
                    + " s");
          }
        }
      }
    }
    return lines;
  }

  /** Whether this store's outputs are those; empty if it doesn't have them all. */
  private Optional<Boolean> sameAsHere(Word derivation, Cid outputs) throws IOException {
    DiskStore store = context.services().store();
    Optional<StorePath> drvPath = store.byObject(Outputs.cid(derivation).toString());
    if (drvPath.isEmpty()) {
      return Optional.empty();
    }
    return new Derived(context, context.settings(settingOptions), drvPath.get())
        .present()
        .map(objects -> Outputs.block(objects).cid().equals(outputs));
  }

  private Map<String, Word> subjects() throws Exception {
    DiskStore store = context.services().store();
    Map<String, Word> subjects = new LinkedHashMap<>();
    List<String> given =
        expression.areExpressions() || expression.areAttributes() ? List.of() : expression.given();
    boolean all = !given.isEmpty();
    for (String argument : given) {
      Optional<Word> word = direct(argument);
      all &= word.isPresent();
      word.ifPresent(w -> subjects.put(argument, w));
    }
    if (all) {
      return subjects;
    }
    subjects.clear();
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    for (Evaluation.Query query : expression.queries(context)) {
      for (Found f : evaluations.evaluation(query).derivations(query)) {
        subjects.put(
            store.dir().print(f.drvPath()), Outputs.digest(Derived.cid(store, f.drvPath())));
      }
    }
    return subjects;
  }

  /** A CID or something in the store: the derivation itself, or what it made. */
  private Optional<Word> direct(String argument) throws IOException {
    DiskStore store = context.services().store();
    StorePath path;
    try {
      path = new StoreArguments(context).resolve(argument).object();
    } catch (CommandException e) {
      try {
        return Optional.of(Outputs.digest(Cid.parse(argument)));
      } catch (FormatException notCid) {
        return Optional.empty();
      }
    }
    if (path.isDerivation()) {
      return Optional.of(Outputs.digest(Derived.cid(store, path)));
    }
    StorePath deriver =
        store
            .query(path)
            .flatMap(PathInfo::deriver)
            .filter(store::isValid)
            .orElseThrow(
                () ->
                    new CommandException(
                        "it is not known here which derivation made '"
                            + store.dir().print(path)
                            + "'; name that, or its CID"));
    return Optional.of(Outputs.digest(Derived.cid(store, deriver)));
  }
}
