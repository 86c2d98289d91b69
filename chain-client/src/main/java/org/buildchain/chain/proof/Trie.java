package org.buildchain.chain.proof;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;

/**
 * Proofs of what stands, or that nothing stands, at a key of a modified Merkle-Patricia trie.
 * Source: Ethereum yellow paper, appendix D, and C for the hex prefix.
 */
final class Trie {
  private static final String WHAT = "proof";
  private static final int BRANCH = 17;
  private static final int PAIR = 2;
  private static final int LEAF = 2;

  private Trie() {}

  /**
   * The value at a key of the trie with this root.
   *
   * @param key of a secure trie: the hash of what is looked for
   * @param nodes those on the way, encoded, in any order
   * @return empty if nothing stands there
   * @throws FormatException if the nodes do not prove it
   */
  static Optional<byte[]> get(Word root, Word key, List<byte[]> nodes) {
    Map<Word, byte[]> byHash = new HashMap<>();
    nodes.forEach(n -> byHash.put(Keccak.hash(n), n));
    if (root.equals(Keccak.hash(Rlp.encode(new Rlp.Bytes(new byte[0]))))) {
      return Optional.empty();
    }
    int[] path = nibbles(key.bytes());
    int at = 0;
    List<Rlp.Item> node = node(byHash, root);
    while (true) {
      Rlp.Item next;
      if (node.size() == BRANCH) {
        if (at == path.length) {
          return value(node.getLast());
        }
        next = node.get(path[at++]);
      } else if (node.size() == PAIR && node.getFirst() instanceof Rlp.Bytes prefix) {
        int[] part = nibbles(prefix.value());
        if (part.length == 0) {
          throw new FormatException(WHAT, "a node without a path");
        }
        int[] rest = Arrays.copyOfRange(part, (part[0] & 1) == 1 ? 1 : 2, part.length);
        boolean fits =
            at + rest.length <= path.length
                && Arrays.equals(rest, Arrays.copyOfRange(path, at, at + rest.length));
        if (!fits) {
          return Optional.empty();
        }
        at += rest.length;
        if (part[0] >= LEAF) {
          return at == path.length ? value(node.getLast()) : Optional.empty();
        }
        next = node.getLast();
      } else {
        throw new FormatException(WHAT, "a node with " + node.size() + " items");
      }
      switch (next) {
        case Rlp.Items inline -> node = inline.items();
        case Rlp.Bytes empty when empty.value().length == 0 -> {
          return Optional.empty();
        }
        case Rlp.Bytes hash -> node = node(byHash, new Word(hash.value()));
      }
    }
  }

  private static Optional<byte[]> value(Rlp.Item item) {
    if (!(item instanceof Rlp.Bytes bytes)) {
      throw new FormatException(WHAT, "a value that is a list");
    }
    return bytes.value().length == 0 ? Optional.empty() : Optional.of(bytes.value());
  }

  private static List<Rlp.Item> node(Map<Word, byte[]> byHash, Word hash) {
    byte[] encoded = byHash.get(hash);
    if (encoded == null) {
      throw new FormatException(WHAT, "the node " + hash + " is missing");
    }
    return Rlp.list(WHAT, encoded);
  }

  private static int[] nibbles(byte[] bytes) {
    int[] out = new int[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[2 * i] = (bytes[i] >> 4) & 15;
      out[2 * i + 1] = bytes[i] & 15;
    }
    return out;
  }
}
