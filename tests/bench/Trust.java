import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.network.Deployment;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.validator.Publisher;
import org.buildchain.chain.validator.Rebuilder;
import org.buildchain.chain.validator.Stakes;
import org.buildchain.chain.validator.Validator;
import org.buildchain.chain.wallet.Key;

/** See the script beside it. Arguments: anvil, a folder, how many claims. */
final class Trust {
  private static final Word OUTPUT = Keccak.hash("an output");
  private static final int VALIDATORS = 8;
  private static final int LOOKUPS = 500;

  public static void main(String[] args) throws Exception {
    LocalChain.Options options =
        new LocalChain.Options(Path.of(args[0]), 0, Optional.of(1), Optional.empty());
    try (LocalChain chain = new LocalChain(options);
        Node node = new Node(chain.url())) {
      node.ask("anvil_setIntervalMining", 0);
      node.ask("evm_setAutomine", true);
      Sender rich = Sender.unlocked(node, LocalChain.rich());
      Network network = Deployment.deploy(node, rich, LocalChain.rich(), Constants.local(1L << 31));
      Claims claims = new Claims(node, network);
      List<Validator> validators = new ArrayList<>();
      for (int i = 0; i < VALIDATORS; i++) {
        Key key = funded(node, rich, network, i);
        new Stakes(claims, Sender.of(node, key)).stake(Constants.bct(5000));
        Rebuilder rebuilder = (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, 0);
        validators.add(
            new Validator(
                claims,
                key,
                rebuilder,
                new Validator.Options(Path.of(args[1]).resolve("validator" + i), 3, 4),
                Runnable::run,
                text -> {}));
      }
      Publisher publisher = new Publisher(claims, funded(node, rich, network, VALIDATORS));
      node.ask("evm_setAutomine", false);
      node.ask("anvil_setIntervalMining", 1);
      blocks(claims, publisher, validators, Integer.parseInt(args[2]));
      lookups(claims);
    }
    System.exit(0);
  }

  private static Key funded(Node node, Sender rich, Network network, int i) {
    Key key = Key.of(HexFormat.of().parseHex("%064x".formatted(1000 + i)));
    rich.send(Optional.of(key.address()), new byte[0], BigInteger.TEN.pow(20));
    rich.send(network.token(), TokenAbi.transfer(key.address(), Constants.bct(50_000)));
    return key;
  }

  /** Each transaction of a claim is a step of the protocol: blocks from one to the next. */
  private static void blocks(
      Claims claims, Publisher publisher, List<Validator> validators, int count)
      throws InterruptedException {
    List<Long> steps = new ArrayList<>();
    long gas = 0;
    long gasOfTwo = 0;
    int ofTwo = 0;
    for (int i = 0; i < count; i++) {
      Publisher.Claim claim = publisher.find(derivation(i), OUTPUT);
      publisher.publish(claim, 0);
      while (!Claims.phase(publisher.step(claim)).isEnd()) {
        validators.forEach(Validator::step);
        Thread.sleep(100);
      }
      long before = -1;
      Set<Word> sent = new HashSet<>();
      for (Log log : claims.history(claim.id())) {
        if (sent.add(log.transaction())) {
          if (before >= 0) {
            steps.add(log.block() - before);
          }
          before = log.block();
        }
      }
      gas = sent.stream().mapToLong(t -> claims.node().receipt(t).orElseThrow().gasUsed()).sum();
      // The first ones find accounts empty.
      if (sent.size() == 4 && i > count / 2) {
        gasOfTwo += gas;
        ofTwo++;
      }
    }
    long[] sorted = steps.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "blocks from one step to the next, %d steps of %d claims: median %d, most %d%n",
        sorted.length, count, sorted[sorted.length / 2], sorted[sorted.length - 1]);
    if (ofTwo > 0) {
      System.out.printf(
          "gas of a whole claim with two validations: %,d (mean of %d)%n", gasOfTwo / ofTwo, ofTwo);
    }
  }

  private static Word derivation(int i) {
    return Keccak.hash("derivation " + i);
  }

  private static void lookups(Claims claims) {
    double[] times = new double[LOOKUPS];
    for (int i = 0; i < LOOKUPS; i++) {
      long began = System.nanoTime();
      claims.verified(derivation(0)).orElseThrow();
      times[i] = (System.nanoTime() - began) / 1e6;
    }
    Arrays.sort(times);
    System.out.printf(
        "one lookup of 'verified': median %.2f ms, 99th percentile %.2f ms%n",
        times[LOOKUPS / 2], times[LOOKUPS * 99 / 100]);
  }
}
