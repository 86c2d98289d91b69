package org.buildchain.chain.rpc;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Hex;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * What a contract logged.
 *
 * @param data not to be changed
 * @param block number of the block
 * @param index place among all logs of the block
 * @param transaction hash of the transaction
 */
public record Log(
    Address contract, List<Word> topics, byte[] data, long block, long index, Word transaction) {
  private static final int MAX_TOPICS = 4;

  static Log of(JsonNode json) {
    List<Word> topics = new ArrayList<>();
    for (JsonNode topic : json.path("topics")) {
      topics.add(Word.parse(topic.asString("")));
    }
    if (topics.size() > MAX_TOPICS) {
      throw new FormatException("log", "has " + topics.size() + " topics");
    }
    return new Log(
        Address.parse(json.path("address").asString("")),
        List.copyOf(topics),
        Hex.data(json.path("data").asString("")),
        Hex.quantity(json.path("blockNumber").asString("")).longValueExact(),
        Hex.quantity(json.path("logIndex").asString("")).longValueExact(),
        Word.parse(json.path("transactionHash").asString("")));
  }

  /** Whether it is one of an event. */
  public boolean is(Event event) {
    return !topics.isEmpty() && topics.getFirst().equals(event.topic());
  }

  /**
   * The event's parameters.
   *
   * @throws FormatException if it is another event
   */
  public Values values(Event event) {
    return event.decode(topics, data);
  }
}
