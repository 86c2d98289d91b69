package org.buildchain.chain.claim;

import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.Rules;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.contracts.VerifiedAbi;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;

/** What a chain says of claims, as its node tells it. */
public final class Claims {
  private final Node node;
  private final Network network;

  /**
   * What {@code node} tells of the contracts of {@code network}; asks nothing yet. Whether the node
   * is of that chain is the caller's to check: {@link Network#check}.
   */
  public Claims(Node node, Network network) {
    this.node = node;
    this.network = network;
  }

  /** The node. */
  public Node node() {
    return node;
  }

  /** The contracts. */
  public Network network() {
    return network;
  }

  /** Calls the claims contract. */
  public Values call(Call call) {
    return node.call(network.claims(), call);
  }

  /** Where a claim stands. */
  public Head head(Word claim) {
    return Head.of(call(ClaimsAbi.headOf(claim)).part(0));
  }

  /** The phase that a head is in. */
  public static Phase phase(Head head) {
    return Phase.values()[Math.toIntExact(head.phase())];
  }

  /** A report of a claim. */
  public Report report(Word claim, long number) {
    Values v = call(ClaimsAbi.reportOf(claim, java.math.BigInteger.valueOf(number)));
    Report.Status status = Report.Status.values()[Math.toIntExact(v.small(2))];
    return new Report(v.small(0), v.small(1), status, v.small(3), v.word(4));
  }

  /**
   * What a draw that is due will give, once somebody carries it out; empty if its block isn't there
   * yet or somebody was faster.
   */
  public Optional<Preview> preview(Word claim, Head head) {
    return node.block(head.when()).flatMap(b -> Preview.of(this, claim, head, b.rlp()));
  }

  /** The rules of a version. */
  public Rules rules(long version) {
    return Rules.of(call(ClaimsAbi.rulesOf(version)).part(0));
  }

  /** The rules that a claim published now would have. */
  public Rules currentRules() {
    return rules(call(ClaimsAbi.currentRules()).small(0));
  }

  /** Who stands in a slot of the registry. */
  public Address validatorAt(long slot) {
    return node.call(network.registry(), ValidatorRegistryAbi.validatorAt(slot)).address(0);
  }

  /**
   * What is known of a derivation.
   *
   * @param output digest of the outputs' CID
   * @param since the block from which on it was valid
   * @param validators how many rebuilt it
   */
  public record Entry(Word output, long since, long validators) {}

  /** What the chain calls valid; empty if nothing is, or valid claims disagree. */
  public Optional<Entry> verified(Word derivation) {
    Values v = node.call(network.verified(), VerifiedAbi.verified(derivation));
    return v.word(0).isZero()
        ? Optional.empty()
        : Optional.of(new Entry(v.word(0), v.small(1), v.small(2)));
  }

  /**
   * How a claim began.
   *
   * @param block number of the block
   * @param transaction that published it
   */
  public record Published(
      Word claim,
      Word derivation,
      Address publisher,
      Word commitment,
      long buildClass,
      long block,
      Word transaction) {
    static Published of(Log log) {
      Values v = log.values(ClaimsAbi.CLAIM_PUBLISHED);
      return new Published(
          v.word(0),
          v.word(1),
          v.address(2),
          v.word(3),
          v.small(4),
          log.block(),
          log.transaction());
    }
  }

  /** Claims published from a block on, oldest first. */
  public List<Published> published(long from, long to) {
    return published(from, to, List.of(Optional.of(ClaimsAbi.CLAIM_PUBLISHED.topic())));
  }

  /** How a claim began, if the chain has it. */
  public Optional<Published> published(Word claim) {
    return published(
            network.fromBlock(),
            node.blockNumber(),
            List.of(Optional.of(ClaimsAbi.CLAIM_PUBLISHED.topic()), Optional.of(claim)))
        .stream()
        .findFirst();
  }

  /** The claims about a derivation, oldest first. */
  public List<Published> about(Word derivation) {
    return published(
        network.fromBlock(),
        node.blockNumber(),
        List.of(
            Optional.of(ClaimsAbi.CLAIM_PUBLISHED.topic()),
            Optional.empty(),
            Optional.of(derivation)));
  }

  private List<Published> published(long from, long to, List<Optional<Word>> topics) {
    return node.logs(network.claims(), from, to, topics).stream().map(Published::of).toList();
  }

  /** Everything that happened to a claim, oldest first. */
  public List<Log> history(Word claim) {
    return node.logs(
        network.claims(),
        network.fromBlock(),
        node.blockNumber(),
        List.of(Optional.empty(), Optional.of(claim)));
  }
}
