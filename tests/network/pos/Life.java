import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.Head;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.Deployment;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.proof.ProvedState;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.validator.Publisher;
import org.buildchain.chain.validator.Rebuilder;
import org.buildchain.chain.validator.Stakes;
import org.buildchain.chain.validator.Validator;
import org.buildchain.chain.wallet.Key;

/**
 * One claim's life on a network of two nodes, of which the second is killed when the first report
 * is committed. Arguments: both nodes' addresses, the secret key of the account that has
 * everything, a folder, a program that kills the second node.
 */
final class Life {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Word OUTPUT = Keccak.hash("an output");
  private static final int VALIDATORS = 3;
  private static final long STEP_MILLIS = 1000;
  private static final long MOST_STEPS = 900;

  private final Path folder;
  private final Network network;
  private final Node first;
  private final List<Key> keys = new ArrayList<>();
  private final List<Validator> validators = new ArrayList<>();

  private Life(Path folder, Network network, Node first) {
    this.folder = folder;
    this.network = network;
    this.first = first;
  }

  public static void main(String[] args) throws Exception {
    Node first = new Node(URI.create(args[0]));
    Node second = new Node(URI.create(args[1]));
    Key rich = Key.of(HexFormat.of().parseHex(args[2]));
    for (Node node : List.of(first, second)) {
      await(node, 2);
    }
    say(first, "both nodes make blocks");
    Sender sender = Sender.of(first, rich);
    // A life takes longer here than there is to reveal on a local chain.
    Network network = Deployment.deploy(first, sender, rich.address(), Constants.local(3L << 30));
    say(first, "the contracts stand");
    Life life = new Life(Path.of(args[3]), network, first);
    life.play(second, sender, args[4]);
    System.exit(0);
  }

  private static void await(Node node, long block) throws InterruptedException {
    for (int i = 0; i < MOST_STEPS; i++) {
      try {
        if (node.blockNumber() >= block) {
          return;
        }
      } catch (NodeException e) {
        // It isn't up yet.
      }
      Thread.sleep(STEP_MILLIS);
    }
    throw new IllegalStateException(node.url() + " makes no blocks");
  }

  private void play(Node second, Sender rich, String kill) throws Exception {
    Key publisherKey = funded(rich, 1, 3000);
    for (int i = 0; i < VALIDATORS; i++) {
      keys.add(funded(rich, 2 + i, 5000));
    }
    for (int i = 0; i < VALIDATORS; i++) {
      new Stakes(new Claims(first, network), Sender.of(first, keys.get(i)))
          .stake(Constants.bct(5000));
      // The last one has the other node.
      validators.add(validator(i == VALIDATORS - 1 ? second : first, i));
    }
    say(first, VALIDATORS + " validators are available");
    Claims claims = new Claims(first, network);
    Publisher publisher = new Publisher(claims, publisherKey);
    Publisher.Claim claim = publisher.find(Keccak.hash("a derivation"), OUTPUT);
    publisher.publish(claim, 0);
    say(first, "published");
    long began = first.blockNumber();
    boolean killed = false;
    Phase phase = Phase.NONE;
    for (int i = 0; i < MOST_STEPS && !phase.isEnd(); i++) {
      Head head = publisher.step(claim);
      Phase now = Claims.phase(head);
      if (now != phase) {
        phase = now;
        say(first, "the claim is " + phase);
      }
      if (!killed && head.reports() > 0) {
        new ProcessBuilder(kill).inheritIO().start().waitFor();
        killed = true;
        say(first, "the second node is killed");
      }
      for (int v = 0; v < VALIDATORS; v++) {
        step(v);
      }
      Thread.sleep(STEP_MILLIS);
    }
    long ended = first.blockNumber();
    Claims.Entry entry =
        claims
            .verified(claim.derivation())
            .orElseThrow(
                () -> new IllegalStateException("it is not valid: " + phase(claims, claim)));
    if (!killed || !entry.output().equals(OUTPUT)) {
      throw new IllegalStateException("another output, or nothing was killed");
    }
    claims.history(claim.id()).stream()
        .map(l -> "  block " + l.block() + " transaction " + l.transaction())
        .distinct()
        .forEach(System.out::println);
    say(
        first,
        "valid, rebuilt by "
            + entry.validators()
            + ", "
            + (ended - began)
            + " blocks after publishing");
    for (Key key : keys) {
      BigInteger stake = new Stakes(claims, Sender.of(first, key)).stake().amount();
      if (!stake.equals(Constants.bct(5000))) {
        throw new IllegalStateException("an honest validator has lost stake");
      }
    }
    for (int i = 0; i < MOST_STEPS; i++) {
      Optional<BlockHeader> last = first.block("finalized");
      if (last.isPresent() && last.get().number() >= entry.since()) {
        say(first, "final, at block " + last.get().number());
        provedBy(last.get(), claim.derivation());
        return;
      }
      Thread.sleep(STEP_MILLIS);
    }
    throw new IllegalStateException("the network no longer finalises");
  }

  /** What a consumer who trusts no node sees: the record proved against the final state's root. */
  private void provedBy(BlockHeader last, Word derivation) {
    Claims.Entry proved =
        new ProvedState(first, last)
            .verified(network, derivation)
            .orElseThrow(() -> new IllegalStateException("the final state doesn't have it"));
    if (!proved.output().equals(OUTPUT)) {
      throw new IllegalStateException("the final state has another output");
    }
    say(first, "proved against the final block " + last.hash());
  }

  private static Phase phase(Claims claims, Publisher.Claim claim) {
    return Claims.phase(claims.head(claim.id()));
  }

  /** A validator whose node is gone goes on with the other one, as its operator would have it. */
  private void step(int i) {
    try {
      validators.get(i).step();
    } catch (NodeException e) {
      if (!e.isRefusal()) {
        System.out.println("  validator " + i + ": " + e.getMessage());
        validators.set(i, validator(first, i));
      }
    }
  }

  private Validator validator(Node node, int i) {
    Rebuilder rebuilder = (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, 1);
    return new Validator(
        new Claims(node, network),
        keys.get(i),
        rebuilder,
        new Validator.Options(folder.resolve("validator" + i), 3, 4),
        Runnable::run,
        text -> System.out.println("  validator " + i + ": " + text));
  }

  private Key funded(Sender rich, int number, long bct) throws InterruptedException {
    Key key = Key.of(HexFormat.of().parseHex("%064x".formatted(1000 + number)));
    Word sent = rich.send(Optional.of(key.address()), new byte[0], BigInteger.TEN.pow(20));
    rich.await(sent, "ether", PATIENCE);
    rich.run(network.token(), TokenAbi.transfer(key.address(), Constants.bct(bct)), PATIENCE);
    return key;
  }

  private static void say(Node node, String text) {
    System.out.println("block " + node.blockNumber() + ": " + text);
  }
}
