package org.buildchain.chain.proof;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.network.Network;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Node;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * What a chain's state is after a block, with proofs that lead to the header's state root. Whoever
 * trusts the header trusts the answer, whatever node gave it. Source: EIP-1186.
 */
public final class ProvedState {
  private static final int MAX_NODES = 128;
  private static final int STORAGE_ROOT = 2;
  private static final BigInteger WORD_64 = BigInteger.ONE.shiftLeft(64);

  private final Node node;
  private final BlockHeader header;

  /**
   * The state after a block.
   *
   * @param header its hash has to be right; nothing here asks whether it is on the chain
   */
  public ProvedState(Node node, BlockHeader header) {
    this.node = node;
    this.header = header;
  }

  /**
   * What stands in slots of a contract's storage.
   *
   * @throws FormatException if the node's proofs prove nothing
   */
  public Map<Word, Word> storage(Address contract, List<Word> slots) {
    JsonNode answer =
        node.ask(
            "eth_getProof",
            contract.toString(),
            slots.stream().map(Word::toString).toList(),
            Hex.quantity(header.number()));
    byte[] account =
        Trie.get(
                header.stateRoot(),
                Keccak.hash(contract.bytes()),
                nodes(answer.path("accountProof")))
            .orElseThrow(() -> new FormatException("proof", "there is no account " + contract));
    if (!(Rlp.list("account", account).get(STORAGE_ROOT) instanceof Rlp.Bytes root)) {
      throw new FormatException("account", "expected a storage root");
    }
    Map<Word, Word> values = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      Word slot = slots.get(i);
      List<byte[]> proof = nodes(answer.path("storageProof").path(i).path("proof"));
      Optional<byte[]> value = Trie.get(new Word(root.value()), Keccak.hash(slot.bytes()), proof);
      values.put(slot, value.map(ProvedState::word).orElse(Word.ZERO));
    }
    return values;
  }

  private static Word word(byte[] rlp) {
    if (Rlp.decode("storage", rlp) instanceof Rlp.Bytes b && b.value().length <= Word.SIZE) {
      return Word.of(new BigInteger(1, b.value()));
    }
    throw new FormatException("storage", "expected a word");
  }

  private static List<byte[]> nodes(JsonNode list) {
    List<byte[]> nodes = new ArrayList<>();
    for (JsonNode n : list) {
      nodes.add(Hex.data(n.asString("")));
      if (nodes.size() > MAX_NODES) {
        throw new FormatException("proof", "has more than " + MAX_NODES + " nodes");
      }
    }
    return nodes;
  }

  /**
   * What {@link Claims#verified} says, proved. The contract keeps its entries in a mapping in slot
   * 0: the output, and behind it the block and the number of validators in one word.
   */
  public Optional<Claims.Entry> verified(Network network, Word derivation) {
    byte[] both = new byte[2 * Word.SIZE];
    System.arraycopy(derivation.bytes(), 0, both, 0, Word.SIZE);
    Word first = Keccak.hash(both);
    Word second = Word.of(first.number().add(BigInteger.ONE).mod(BigInteger.ONE.shiftLeft(256)));
    Map<Word, Word> values = storage(network.verified(), List.of(first, second));
    Word output = values.get(first);
    BigInteger packed = values.get(second).number();
    return output.isZero()
        ? Optional.empty()
        : Optional.of(
            new Claims.Entry(
                output,
                packed.mod(WORD_64).longValueExact(),
                packed.shiftRight(64).mod(WORD_64).longValueExact()));
  }
}
