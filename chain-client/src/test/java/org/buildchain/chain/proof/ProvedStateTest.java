package org.buildchain.chain.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.network.LocalChain;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Node;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proofs that anvil made, of states that the test wrote: the values are the other side's. */
class ProvedStateTest {
  private static final Path ANVIL =
      Path.of("contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil").toAbsolutePath();
  private static final Address CONTRACT = Address.parse("0x" + "c0".repeat(20));

  private static Word slot(int i) {
    return Word.of(i);
  }

  @Test
  void storageIsProved() throws Exception {
    LocalChain.Options options =
        new LocalChain.Options(ANVIL, 0, Optional.empty(), Optional.empty());
    try (LocalChain chain = new LocalChain(options);
        Node node = new Node(chain.url())) {
      node.ask("anvil_setCode", CONTRACT.toString(), "0x00");
      for (int i = 0; i < 40; i++) {
        // Short values stand within their parents, long ones by their hash.
        Word value = i % 2 == 0 ? Word.of(i + 1) : Keccak.hash("value " + i);
        node.ask("anvil_setStorageAt", CONTRACT.toString(), slot(i).toString(), value.toString());
      }
      node.ask("evm_mine");
      BlockHeader header = node.latest();
      ProvedState state = new ProvedState(node, header);
      List<Word> slots = new ArrayList<>();
      for (int i = 0; i < 45; i++) {
        slots.add(slot(i));
      }
      state
          .storage(CONTRACT, slots)
          .forEach(
              (slot, value) ->
                  assertEquals(
                      node.ask("eth_getStorageAt", CONTRACT.toString(), slot.toString(), "latest")
                          .asString(),
                      value.toString()));
      // Another root than the one that the proofs lead to.
      BlockHeader older = node.block(0).orElseThrow();
      BlockHeader mixed =
          new BlockHeader(
              header.number(),
              header.timestamp(),
              header.hash(),
              header.parent(),
              older.stateRoot(),
              header.rlp());
      assertThrows(
          FormatException.class,
          () -> new ProvedState(node, mixed).storage(CONTRACT, List.of(slot(0))));
      everyFlippedBitIsFound(node, header);
    }
  }

  private static void everyFlippedBitIsFound(Node node, BlockHeader header) {
    JsonNode answer =
        node.ask(
            "eth_getProof",
            CONTRACT.toString(),
            List.of(slot(1).toString()),
            Hex.quantity(header.number()));
    List<byte[]> nodes = new ArrayList<>();
    answer
        .path("storageProof")
        .path(0)
        .path("proof")
        .forEach(n -> nodes.add(Hex.data(n.asString())));
    Word root = Word.parse(answer.path("storageHash").asString());
    Word key = Keccak.hash(slot(1).bytes());
    byte[] value = Trie.get(root, key, nodes).orElseThrow();
    assertArrayEquals(Rlp.encode(new Rlp.Bytes(Keccak.hash("value 1").bytes())), value);
    for (int i = 0; i < nodes.size(); i++) {
      List<byte[]> flipped = new ArrayList<>(nodes);
      byte[] changed = nodes.get(i).clone();
      changed[changed.length / 2] ^= 1;
      flipped.set(i, changed);
      assertThrows(FormatException.class, () -> Trie.get(root, key, flipped));
      List<byte[]> missing = new ArrayList<>(nodes);
      missing.remove(i);
      assertThrows(FormatException.class, () -> Trie.get(root, key, missing));
    }
  }

  /** Yellow paper, appendix D: the trie of nothing has the hash of an empty string. */
  @Test
  void emptyTrie() {
    Word root =
        new Word(
            HexFormat.of()
                .parseHex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"));
    assertTrue(Trie.get(root, Word.ZERO, List.of()).isEmpty());
  }
}
