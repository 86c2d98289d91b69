package org.buildchain.chain.validator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.Log;
import org.buildchain.chain.rpc.Node;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.wallet.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to validators, and doesn't cost them anything as long as there is time. */
class TroubleTest {
  private static final Word DERIVATION = TestChain.word("a derivation");
  private static final Word OUTPUT = TestChain.word("an output");

  @TempDir private Path folder;

  private static Key staked(TestChain chain) throws InterruptedException {
    Key key = chain.funded(5000);
    new Stakes(chain.claims, Sender.of(chain.node, key)).stake(Constants.bct(5000));
    return key;
  }

  private static Validator validator(Claims claims, Key key, Rebuilder rebuilder, Path state) {
    return new Validator(
        claims, key, rebuilder, new Validator.Options(state, 0, 4), Runnable::run, text -> {});
  }

  private static void isUnharmed(TestChain chain, Key key) {
    assertEquals(
        Constants.bct(5000), new Stakes(chain.claims, Sender.of(chain.node, key)).stake().amount());
  }

  /** Between node and validator: answers with status 503 while it is shut. */
  private static HttpServer door(URI node, AtomicBoolean shut) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpClient http = HttpClient.newHttpClient();
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          try {
            HttpResponse<byte[]> answer =
                http.send(
                    HttpRequest.newBuilder(node)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            boolean open = !shut.get();
            exchange.sendResponseHeaders(open ? 200 : 503, 0);
            exchange.getResponseBody().write(open ? answer.body() : new byte[0]);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
    server.start();
    return server;
  }

  /** The node is away in every other step; what was sent in such a step has arrived or not. */
  @Test
  void nodesComeAndGo() throws Exception {
    AtomicBoolean shut = new AtomicBoolean();
    try (TestChain chain = new TestChain(Constants.local(1L << 31))) {
      HttpServer door = door(chain.node.url(), shut);
      try (Node node =
          new Node(URI.create("http://127.0.0.1:" + door.getAddress().getPort() + "/"))) {
        List<Key> keys = new ArrayList<>();
        List<Validator> validators = new ArrayList<>();
        Claims claims = new Claims(node, chain.network);
        Rebuilder rebuilder = (derivation, seconds) -> new Rebuilder.Rebuilt(OUTPUT, 1);
        for (int i = 0; i < 3; i++) {
          Key key = staked(chain);
          keys.add(key);
          validators.add(validator(claims, key, rebuilder, folder.resolve("v" + i)));
        }
        Publisher publisher = new Publisher(chain.claims, chain.funded(3000));
        Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
        publisher.publish(claim, 0);
        int away = 0;
        for (int i = 0; i < 200 && !isOver(chain, claim); i++) {
          publisher.step(claim);
          shut.set(i % 2 == 0);
          for (Validator validator : validators) {
            if (shut.get()) {
              NodeException e = assertThrows(NodeException.class, validator::step);
              assertFalse(e.isRefusal(), "worth trying again");
              away++;
            } else {
              validator.step();
            }
          }
          chain.pass(2);
        }
        assertTrue(away > 0);
        assertEquals(Phase.VALID, Claims.phase(chain.claims.head(claim.id())));
        keys.forEach(k -> isUnharmed(chain, k));
      } finally {
        door.stop(0);
      }
    }
  }

  /**
   * Where nothing can be kept, a validator commits only when it would otherwise be late: a restart
   * before that would build once more, and might get something else.
   */
  @Test
  void fullDisks() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      Key key = staked(chain);
      // No folder can be made below a file: as good as no room.
      Path full = folder.resolve("full");
      Files.writeString(full, "");
      AtomicInteger builds = new AtomicInteger();
      Rebuilder rebuilder =
          (derivation, seconds) -> {
            builds.incrementAndGet();
            return new Rebuilder.Rebuilt(OUTPUT, 1);
          };
      Validator validator = validator(chain.claims, key, rebuilder, full.resolve("state"));
      Publisher publisher = new Publisher(chain.claims, chain.funded(5000));
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      for (int i = 0; i < 30 && phase(chain, claim) != Phase.BUILDING; i++) {
        publisher.step(claim);
        validator.step();
        chain.pass(1);
      }
      validator.step();
      assertEquals(Phase.BUILDING, phase(chain, claim), "not committed yet");
      chain.pass(500);
      validator.step();
      assertEquals(Phase.DRAWING, phase(chain, claim), "committed while there is time");
      chain.follow(publisher, claim, List.of(validator), 1);
      assertEquals(Phase.VALID, phase(chain, claim));
      assertEquals(1, builds.get());

      // Once there is room again it doesn't wait.
      Publisher.Claim next = publisher.find(TestChain.word("another"), OUTPUT);
      publisher.publish(next, 0);
      chain.pass(1);
      validator.step();
      assertEquals(Phase.DRAWING, phase(chain, next));
      assertEquals(0, chain.claims.head(next.id()).reports());
      Files.delete(full);
      validator.step();
      assertEquals(1, chain.claims.head(next.id()).reports(), "served");
      chain.follow(publisher, next, List.of(validator), 1);
      assertEquals(Phase.VALID, phase(chain, next));
      isUnharmed(chain, key);
    }
  }

  /** A build that found no room is tried again until there is some, and the deadline is met. */
  @Test
  void buildsThatFoundNoRoom() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      Key key = staked(chain);
      AtomicInteger tries = new AtomicInteger();
      Rebuilder rebuilder =
          (derivation, seconds) -> {
            if (tries.incrementAndGet() < 4) {
              throw new IllegalStateException("No space left on device");
            }
            return new Rebuilder.Rebuilt(OUTPUT, 1);
          };
      Validator validator = validator(chain.claims, key, rebuilder, folder.resolve("state"));
      Publisher publisher = new Publisher(chain.claims, chain.funded(3000));
      Publisher.Claim claim = publisher.find(DERIVATION, OUTPUT);
      publisher.publish(claim, 0);
      chain.follow(publisher, claim, List.of(validator), 5);
      assertEquals(Phase.VALID, phase(chain, claim));
      assertEquals(4, tries.get());
      isUnharmed(chain, key);
    }
  }

  /**
   * Jurors that can't rebuild it, and such as don't come to an end, vote what hurts nobody in place
   * of staying silent: none loses anything.
   */
  @Test
  void jurorsThatCannotRebuild() throws Exception {
    try (TestChain chain = new TestChain(Constants.local(0))) {
      List<Validator> validators = new ArrayList<>();
      List<Runnable> never = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        validators.add(
            new Validator(
                chain.claims,
                staked(chain),
                honestOnce(chain),
                new Validator.Options(folder.resolve("juror" + i), 0, 4),
                // Every second one's builds never end, once there is a dispute.
                i % 2 == 0 ? Runnable::run : r -> later(chain, never, r),
                text -> {}));
      }
      Publisher publisher = new Publisher(chain.claims, chain.funded(5000));
      Publisher.Claim claim = publisher.find(DERIVATION, TestChain.word("tampered"));
      publisher.publish(claim, 0);
      for (int i = 0; i < 60 && phase(chain, claim) != Phase.DISPUTED; i++) {
        step(publisher, claim, validators, chain, 1);
      }
      assertEquals(Phase.DISPUTED, phase(chain, claim));
      for (int i = 0; i < 120 && phase(chain, claim) == Phase.DISPUTED; i++) {
        step(publisher, claim, validators, chain, 10);
      }
      assertFalse(never.isEmpty());
      assertEquals(1, chain.claims.head(claim.id()).round(), "non-determinism");
      for (int i = 0; i < 60 && closed(chain).isEmpty(); i++) {
        step(publisher, claim, validators, chain, 10);
      }
      assertEquals(0, closed(chain).getFirst().small(2), "silent jurors");
    }
  }

  /** The first is the dispute's name, then how many were in the majority, and silent. */
  private static List<Values> closed(TestChain chain) {
    return jury(chain, JuryAbi.DISPUTE_CLOSED).stream()
        .map(l -> l.values(JuryAbi.DISPUTE_CLOSED))
        .toList();
  }

  private static List<Log> jury(TestChain chain, Event event) {
    return chain.node.logs(
        chain.network.jury(), 0, chain.node.blockNumber(), List.of(Optional.of(event.topic())));
  }

  private static void later(TestChain chain, List<Runnable> never, Runnable build) {
    if (disputed(chain)) {
      never.add(build);
    } else {
      build.run();
    }
  }

  private static void step(
      Publisher publisher,
      Publisher.Claim claim,
      List<Validator> validators,
      TestChain chain,
      long seconds) {
    publisher.step(claim);
    validators.forEach(Validator::step);
    chain.pass(seconds);
  }

  /** Declines when there is a dispute already. */
  private static Rebuilder honestOnce(TestChain chain) {
    return (derivation, seconds) -> {
      if (disputed(chain)) {
        throw new Rebuilder.Declined(Rebuilder.Reason.BUILD, "not here");
      }
      return new Rebuilder.Rebuilt(OUTPUT, 1);
    };
  }

  private static boolean disputed(TestChain chain) {
    return !jury(chain, JuryAbi.DISPUTE_OPENED).isEmpty();
  }

  private static Phase phase(TestChain chain, Publisher.Claim claim) {
    return Claims.phase(chain.claims.head(claim.id()));
  }

  private static boolean isOver(TestChain chain, Publisher.Claim claim) {
    return phase(chain, claim).isEnd();
  }
}
