package org.buildchain.chain.network;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.rpc.Node;
import org.buildchain.store.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chain and where the contracts stand on it.
 *
 * @param genesis hash of block 0: two local chains with one number aren't taken for each other
 * @param fromBlock no contract stands there before
 * @param market may be absent: nobody needs one for claims
 */
public record Network(
    URI url,
    long chainId,
    Word genesis,
    long fromBlock,
    Address claims,
    Address token,
    Address registry,
    Address randomness,
    Address jury,
    Address verified,
    Address rewards,
    Optional<Address> market) {

  /**
   * The contracts that belong to a claims contract.
   *
   * @throws FormatException if there is none at that address
   */
  public static Network of(Node node, Address claims, Optional<Address> market, long fromBlock) {
    if (!node.isContract(claims)) {
      throw new FormatException(
          "claims contract " + claims, "there is no contract at this address of " + node.url());
    }
    Address token = node.call(claims, ClaimsAbi.token()).address(0);
    return new Network(
        node.url(),
        node.chainId(),
        genesis(node),
        fromBlock,
        claims,
        token,
        node.call(claims, ClaimsAbi.registry()).address(0),
        node.call(claims, ClaimsAbi.randomness()).address(0),
        node.call(claims, ClaimsAbi.arbiter()).address(0),
        node.call(claims, ClaimsAbi.verified()).address(0),
        node.call(token, TokenAbi.minter()).address(0),
        market);
  }

  /**
   * Looks whether a node is of this chain.
   *
   * @throws FormatException if it is of another
   */
  public void check(Node node) {
    if (node.chainId() != chainId || !genesis(node).equals(genesis)) {
      throw new FormatException(
          node.url()
              + " is a node of another chain than the one in use; 'bc chain use "
              + node.url()
              + "' goes over to it");
    }
  }

  private static Word genesis(Node node) {
    return node.block(0)
        .orElseThrow(() -> new FormatException(node.url().toString(), "has no block 0"))
        .hash();
  }

  /** As JSON, which {@link #parse} reads. */
  public String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("url", url.toString()).put("chainId", chainId).put("genesis", genesis.toString());
    json.put("fromBlock", fromBlock);
    addresses().forEach((name, address) -> json.put(name, address.toString()));
    return json.toPrettyString() + "\n";
  }

  /** The contracts by name. */
  public Map<String, Address> addresses() {
    Map<String, Address> all = new LinkedHashMap<>();
    all.put("claims", claims);
    all.put("token", token);
    all.put("registry", registry);
    all.put("randomness", randomness);
    all.put("jury", jury);
    all.put("verified", verified);
    all.put("rewards", rewards);
    market.ifPresent(m -> all.put("market", m));
    return all;
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws FormatException if it is something else
   */
  public static Network parse(String text) {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      return new Network(
          URI.create(json.path("url").asString("")),
          json.path("chainId").asLong(0),
          Word.parse(json.path("genesis").asString("")),
          json.path("fromBlock").asLong(0),
          address(json, "claims"),
          address(json, "token"),
          address(json, "registry"),
          address(json, "randomness"),
          address(json, "jury"),
          address(json, "verified"),
          address(json, "rewards"),
          json.has("market") ? Optional.of(address(json, "market")) : Optional.empty());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new FormatException("the file that names the chain", "cannot be read");
    }
  }

  private static Address address(JsonNode json, String name) {
    return Address.parse(json.path(name).asString(""));
  }
}
