package org.buildchain.chain.rpc;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Rlp;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * A block's header. Its hash has been compared with its bytes. Source: Ethereum yellow paper,
 * section 4.3; EIP-1559, EIP-4895, EIP-4844, EIP-4788, EIP-7685 for the fields that later rules
 * added.
 *
 * @param rlp the bytes whose Keccak-256 is the block's hash; not to be changed
 */
public record BlockHeader(
    long number, long timestamp, Word hash, Word parent, Word stateRoot, byte[] rlp) {
  private static final List<String> FIELDS =
      List.of(
          "parentHash",
          "sha3Uncles",
          "miner",
          "stateRoot",
          "transactionsRoot",
          "receiptsRoot",
          "logsBloom",
          "#difficulty",
          "#number",
          "#gasLimit",
          "#gasUsed",
          "#timestamp",
          "extraData",
          "mixHash",
          "nonce",
          "#baseFeePerGas",
          "withdrawalsRoot",
          "#blobGasUsed",
          "#excessBlobGas",
          "parentBeaconBlockRoot",
          "requestsHash");

  /**
   * Reads a node's answer.
   *
   * @throws FormatException if a field is missing or the bytes don't have the hash that is stated
   */
  static BlockHeader of(JsonNode json) {
    List<Rlp.Item> items = new ArrayList<>();
    for (String field : FIELDS) {
      boolean number = field.startsWith("#");
      JsonNode value = json.path(number ? field.substring(1) : field);
      if (!value.isString()) {
        continue;
      }
      String text = value.asString();
      items.add(number ? Rlp.Bytes.of(Hex.quantity(text)) : new Rlp.Bytes(Hex.data(text)));
    }
    byte[] rlp = Rlp.encode(new Rlp.Items(items));
    Word hash = Word.parse(json.path("hash").asString(""));
    if (!Keccak.hash(rlp).equals(hash)) {
      throw new FormatException(
          "block " + hash, "its header has another hash: the node lies, or has rules not known");
    }
    return new BlockHeader(
        Hex.quantity(json.path("number").asString("")).longValueExact(),
        Hex.quantity(json.path("timestamp").asString("")).longValueExact(),
        hash,
        Word.parse(json.path("parentHash").asString("")),
        Word.parse(json.path("stateRoot").asString("")),
        rlp);
  }
}
