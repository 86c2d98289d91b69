package org.buildchain.substituter.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.buildchain.store.NewObject;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths and parts; tests/conformance/gateway compares with IPFS's own fixtures. */
class TrustlessGatewayTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private DiskStore store;
  private TrustlessGateway gateway;
  private String root;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder.resolve("root"), StoreDir.DEFAULT, Clock.systemUTC());
    gateway = new TrustlessGateway(store, folder.resolve("loose"));
    byte[] big = new byte[3 * MIB + 5];
    new Random(1).nextBytes(big);
    FileTree.Directory below = () -> List.of(new FileTree.Entry("big", new MemoryFile(big, false)));
    byte[] small = "small".getBytes(StandardCharsets.US_ASCII);
    FileTree.Directory tree =
        () ->
            List.of(
                new FileTree.Entry("a b", new MemoryFile(small, false)),
                new FileTree.Entry("sub", below));
    StorePath path = StorePath.parse("%032d-x".formatted(1));
    store.addObjects(
        List.of(
            new NewObject(path, tree, new TreeSet<>(), Optional.empty(), true, Optional.empty())));
    root = store.treeCid(path);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] body(Reply reply) throws IOException {
    return switch (reply.content()) {
      case Reply.Content.Held(byte[] bytes) -> bytes;
      case Reply.Content.Streamed(Reply.Writing writing) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writing.run(out);
        yield out.toByteArray();
      }
    };
  }

  /** The lengths of a file's raw blocks; other blocks count as 0. */
  private List<Integer> blocks(String query) throws IOException {
    Reply reply = gateway.get(root + "/sub/big", "format=car&" + query, "");
    assertEquals(200, reply.status());
    CarReader car = new CarReader(new ByteArrayInputStream(body(reply)));
    List<Integer> lengths = new ArrayList<>();
    for (Optional<Block> block; (block = car.next()).isPresent(); ) {
      boolean raw = block.get().cid().toString().startsWith("bafkrei");
      lengths.add(raw ? block.get().data().length : 0);
    }
    return lengths;
  }

  @Test
  void aPathLeadsToABlock() throws IOException {
    Reply reply = gateway.get(root + "/a b", "", "text/html, application/vnd.ipld.raw;q=0.5");
    assertEquals("small", new String(body(reply), StandardCharsets.US_ASCII));
    assertTrue(reply.headers().get("X-Ipfs-Roots").startsWith(root + ",bafkrei"));
    assertEquals(404, gateway.get(root + "/no", "format=raw", "").status());
    assertEquals(404, gateway.get(root + "/a b/c", "format=raw", "").status());
    assertEquals(404, gateway.get(root + "/..", "format=raw", "").status());
    assertEquals(406, gateway.get(root, "", "text/html").status());
  }

  @Test
  void aPartIsTheBlocksThatHoldIt() throws IOException {
    // The root, the folder and the file's node, then its chunks of 1 MiB.
    assertEquals(List.of(0, 0, 0, MIB, MIB, MIB, 5), blocks("dag-scope=all"));
    assertEquals(List.of(0, 0, 0, MIB), blocks("entity-bytes=0:0"));
    assertEquals(List.of(0, 0, 0, MIB, MIB), blocks("entity-bytes=1048575:1048576"));
    assertEquals(List.of(0, 0, 0, 5), blocks("entity-bytes=-5:*"));
    assertEquals(List.of(0, 0, 0, MIB, 5), blocks("entity-bytes=-6:*"));
    assertEquals(List.of(0, 0, 0), blocks("entity-bytes=9999999:*"));
    assertEquals(400, gateway.get(root, "format=car&entity-bytes=1", "").status());
  }

  @Test
  void cidsAreReadInTheirBases() {
    // Both from the CID specification's examples of "hello world" and the empty folder:
    // cid.ipfs.tech.
    AnyCid empty = AnyCid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    assertEquals("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", empty.toString());
    assertEquals(
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
        empty.stored().orElseThrow().toString());
    assertArrayEquals(new byte[0], AnyCid.parse("bafkqaaa").inline().orElseThrow());
    for (String bad : List.of("", "b", "bafy", "Qm", "x", "b" + "a".repeat(600), "bafkqaaaa")) {
      assertThrows(FormatException.class, () -> AnyCid.parse(bad), bad);
    }
  }

  @Test
  void aCarFileWithOtherBytesIsRefused() throws IOException {
    byte[] car = body(gateway.get(root, "format=car", ""));
    assertEquals(8, LooseBlocks.take(new ByteArrayInputStream(car), folder.resolve("loose")));
    car[car.length - 1] ^= 1;
    assertThrows(
        FormatException.class,
        () -> LooseBlocks.take(new ByteArrayInputStream(car), folder.resolve("loose")));
  }
}
