package org.buildchain.chain.validator;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.Deployment;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.PublicKey;

/** A chain of anvil's with the contracts; blocks come when a transaction or the test makes them. */
final class TestChain implements AutoCloseable {
  static final Path ANVIL =
      Path.of("contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil").toAbsolutePath();

  private final LocalChain chain;
  private final SettledChain settled;
  final Node node;
  final Network network;
  final Claims claims;
  private final Sender rich;
  private int keys;

  TestChain(Constants constants) throws Exception {
    this(constants, Optional.empty());
  }

  TestChain(Constants constants, Optional<PublicKey> authority) throws Exception {
    if (!Files.isExecutable(ANVIL)) {
      throw new IllegalStateException(ANVIL + " is missing: cd chain-client/contracts && npm ci");
    }
    chain = new LocalChain(new LocalChain.Options(ANVIL, 0, Optional.empty(), Optional.empty()));
    settled = new SettledChain(chain.url());
    node = new Node(settled.url());
    rich = Sender.unlocked(node, LocalChain.rich());
    network = Deployment.deploy(node, rich, LocalChain.rich(), constants, authority);
    claims = new Claims(node, network);
  }

  /** A key with 100 ether and so many BCT. */
  Key funded(long bct) throws InterruptedException {
    Key key = Key.of(HexFormat.of().parseHex("%064x".formatted(1000 + keys++)));
    rich.send(Optional.of(key.address()), new byte[0], BigInteger.TEN.pow(20));
    rich.send(network.token(), TokenAbi.transfer(key.address(), Constants.bct(bct)));
    return key;
  }

  BigInteger balance(Address account) {
    return node.call(network.token(), TokenAbi.balanceOf(account)).number(0);
  }

  void mine() {
    node.ask("evm_mine");
  }

  /** Makes a block whose time is so many seconds after the last one's. */
  void pass(long seconds) {
    node.ask("evm_increaseTime", seconds);
    mine();
  }

  /** Steps everybody, a block and a second after the other, until the claim ends. */
  Head follow(Publisher publisher, Publisher.Claim claim, List<Validator> validators, long second) {
    for (int i = 0; i < 400; i++) {
      if (!Claims.phase(claims.head(claim.id())).isEnd()) {
        publisher.step(claim);
      }
      validators.forEach(Validator::step);
      Head head = claims.head(claim.id());
      if (Claims.phase(head).isEnd() && validators.stream().allMatch(v -> v.open() == 0)) {
        return head;
      }
      pass(second);
    }
    throw new AssertionError(
        "the claim does not end: "
            + claims.head(claim.id())
            + " "
            + Claims.phase(claims.head(claim.id())));
  }

  /** What happened to a claim, with the blocks and their times: what a failure shows. */
  String history(Publisher.Claim claim) {
    List<Event> events =
        List.of(
            ClaimsAbi.DRAW_REQUESTED,
            ClaimsAbi.DRAWN,
            ClaimsAbi.COMMITTED,
            ClaimsAbi.MISSED,
            ClaimsAbi.REVEALS_DUE,
            ClaimsAbi.REVEALED,
            ClaimsAbi.OPENING_DUE,
            ClaimsAbi.REPORT_SLASHED,
            ClaimsAbi.DISPUTED,
            ClaimsAbi.ENDED,
            JuryAbi.DISPUTE_OPENED,
            JuryAbi.SEATED,
            JuryAbi.VOTED,
            JuryAbi.VOTE_REVEALED,
            JuryAbi.DECIDED,
            JuryAbi.DISPUTE_CLOSED);
    StringBuilder text = new StringBuilder();
    for (Log log : claims.history(claim.id())) {
      long time = node.block(log.block()).orElseThrow().timestamp();
      text.append("\nblock ").append(log.block()).append(" at ").append(time).append(": ");
      show(text, events, log);
    }
    Word dispute = Commitments.dispute(claim.id(), claims.head(claim.id()).pool());
    for (Log log :
        node.logs(
            network.jury(),
            network.fromBlock(),
            node.blockNumber(),
            List.of(Optional.empty(), Optional.of(dispute)))) {
      long time = node.block(log.block()).orElseThrow().timestamp();
      text.append("\nblock ").append(log.block()).append(" at ").append(time).append(": ");
      show(text, events, log);
    }
    return text.append('\n').toString();
  }

  private static void show(StringBuilder text, List<Event> events, Log log) {
    events.stream()
        .filter(log::is)
        .forEach(e -> text.append(e.name()).append(' ').append(log.values(e).all()));
  }

  static Word word(String name) {
    return Keccak.hash(name);
  }

  static List<Word> words(String... names) {
    List<Word> words = new ArrayList<>();
    for (String name : names) {
      words.add(word(name));
    }
    return words;
  }

  @Override
  public void close() {
    node.close();
    settled.close();
    chain.close();
  }
}
