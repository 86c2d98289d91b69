package org.buildchain.chain.rpc;

import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * A node of an Ethereum-compatible chain. Thread-safe. Every method throws {@link NodeException} if
 * the node can't be reached or refuses, and {@link FormatException} if it answers nonsense. Source:
 * "JSON-RPC API", ethereum.org.
 */
public final class Node implements AutoCloseable {
  private static final long LOG_RANGE = 5000;
  private static final BigInteger GIGA = BigInteger.valueOf(1_000_000_000);

  private final JsonRpc rpc;
  private final URI url;

  /** The node at this URL of JSON-RPC over HTTP; asks nothing yet. */
  public Node(URI url) {
    this.url = url;
    this.rpc = new JsonRpc(url);
  }

  /** Where it is. */
  public URI url() {
    return url;
  }

  /** Any method; for what this class has no name for. */
  public JsonNode ask(String method, Object... parameters) {
    return rpc.call(method, parameters);
  }

  /** The chain's number (EIP-155). */
  public long chainId() {
    return number(rpc.call("eth_chainId"));
  }

  /** The number of the newest block. */
  public long blockNumber() {
    return number(rpc.call("eth_blockNumber"));
  }

  /** The newest block. */
  public BlockHeader latest() {
    return block("latest").orElseThrow(() -> new FormatException("node", "has no block"));
  }

  /** The block with a number, if it is there. */
  public Optional<BlockHeader> block(long number) {
    return block(Hex.quantity(number));
  }

  /**
   * The block with a number or one of the names {@code latest}, {@code safe}, {@code finalized}.
   */
  public Optional<BlockHeader> block(String which) {
    JsonNode json = rpc.call("eth_getBlockByNumber", which, false);
    return json.isObject() ? Optional.of(BlockHeader.of(json)) : Optional.empty();
  }

  /** An account's balance in wei. */
  public BigInteger balance(Address account) {
    return Hex.quantity(text(rpc.call("eth_getBalance", account.toString(), "latest")));
  }

  /** How many transactions an account has sent, those that wait included. */
  public long nonce(Address account) {
    return number(rpc.call("eth_getTransactionCount", account.toString(), "pending"));
  }

  /** How many transactions of an account are in blocks. */
  long mined(Address account) {
    return number(rpc.call("eth_getTransactionCount", account.toString(), "latest"));
  }

  /** Whether a contract stands at an address. */
  public boolean isContract(Address address) {
    return text(rpc.call("eth_getCode", address.toString(), "latest")).length() > 2;
  }

  /** What a call of a contract would return now. */
  public Values call(Address contract, Call call) {
    return call(contract, call, "latest");
  }

  /** What a call of a contract would have returned after a block. */
  public Values call(Address contract, Call call, String block) {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("to", contract.toString());
    request.put("data", Hex.data(call.data()));
    return call.decode(Hex.data(text(rpc.call("eth_call", request, block))));
  }

  /**
   * Logs of a contract, oldest first.
   *
   * @param topics what must stand in the topics; empty places take anything
   */
  public List<Log> logs(Address contract, long from, long to, List<Optional<Word>> topics) {
    List<Log> logs = new ArrayList<>();
    List<Object> wanted = new ArrayList<>();
    topics.forEach(t -> wanted.add(t.map(Word::toString).orElse(null)));
    // Nodes refuse to search too many blocks at once.
    for (long at = from; at <= to; at += LOG_RANGE) {
      Map<String, Object> filter = new LinkedHashMap<>();
      filter.put("address", contract.toString());
      filter.put("fromBlock", Hex.quantity(at));
      filter.put("toBlock", Hex.quantity(Math.min(to, at + LOG_RANGE - 1)));
      filter.put("topics", wanted);
      for (JsonNode log : rpc.call("eth_getLogs", filter)) {
        logs.add(Log.of(log));
      }
    }
    return logs;
  }

  /** Sends a signed transaction; gives its hash. */
  public Word sendRaw(byte[] signed) {
    return Word.parse(text(rpc.call("eth_sendRawTransaction", Hex.data(signed))));
  }

  /** Whether a transaction is in a block, or waits for one. */
  public boolean isKnown(Word transaction) {
    return rpc.call("eth_getTransactionByHash", transaction.toString()).isObject();
  }

  /** What became of a transaction, once it is in a block. */
  public Optional<Receipt> receipt(Word transaction) {
    JsonNode json = rpc.call("eth_getTransactionReceipt", transaction.toString());
    if (!json.isObject()) {
      return Optional.empty();
    }
    List<Log> logs = new ArrayList<>();
    for (JsonNode log : json.path("logs")) {
      logs.add(Log.of(log));
    }
    JsonNode created = json.path("contractAddress");
    return Optional.of(
        new Receipt(
            transaction,
            number(json.path("status")) == 1,
            number(json.path("blockNumber")),
            number(json.path("gasUsed")),
            created.isString() ? Optional.of(Address.parse(created.asString())) : Optional.empty(),
            List.copyOf(logs)));
  }

  /** The gas that a transaction would use; refused with the contract's reason if it would fail. */
  public long estimateGas(Address from, Optional<Address> to, byte[] data, BigInteger value) {
    return number(rpc.call("eth_estimateGas", request(from, to, data, value)));
  }

  /** Has a node send a transaction for an account whose key it holds: a local chain's. */
  Word sendUnlocked(Address from, Optional<Address> to, byte[] data, BigInteger value) {
    return Word.parse(text(rpc.call("eth_sendTransaction", request(from, to, data, value))));
  }

  private static Map<String, String> request(
      Address from, Optional<Address> to, byte[] data, BigInteger value) {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("from", from.toString());
    to.ifPresent(t -> request.put("to", t.toString()));
    request.put("data", Hex.data(data));
    request.put("value", Hex.quantity(value));
    return request;
  }

  /** The base fee for a unit of gas of the newest block, in wei; empty before EIP-1559. */
  Optional<BigInteger> baseFee() {
    JsonNode fee = rpc.call("eth_getBlockByNumber", "latest", false).path("baseFeePerGas");
    return fee.isString() ? Optional.of(Hex.quantity(fee.asString())) : Optional.empty();
  }

  /** What the node proposes to pay for a unit of gas besides the base fee, or in all before it. */
  BigInteger proposedFee(boolean withBaseFee) {
    if (!withBaseFee) {
      return Hex.quantity(text(rpc.call("eth_gasPrice")));
    }
    try {
      return Hex.quantity(text(rpc.call("eth_maxPriorityFeePerGas")));
    } catch (NodeException e) {
      if (e.isRefusal()) {
        // Not every node knows the method.
        return GIGA;
      }
      throw e;
    }
  }

  private static String text(JsonNode json) {
    if (!json.isString()) {
      throw new FormatException("node's answer", "expected a text, not " + json.getNodeType());
    }
    return json.asString();
  }

  private static long number(JsonNode json) {
    BigInteger n = Hex.quantity(text(json));
    if (n.bitLength() > 62) {
      throw new FormatException("node's answer", n + " is out of range");
    }
    return n.longValue();
  }

  @Override
  public void close() {
    rpc.close();
  }
}
