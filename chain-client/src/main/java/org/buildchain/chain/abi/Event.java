package org.buildchain.chain.abi;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.store.format.FormatException;

/**
 * An event that a contract can log.
 *
 * @param topic what names it: the hash of its signature
 * @param types of all parameters
 * @param indexed which of them stand in topics; dynamic ones do as their hash
 */
public record Event(String name, Word topic, AbiType.Tuple types, List<Boolean> indexed) {
  /**
   * An event.
   *
   * @param parameters types as signatures have them
   * @param indexed one character for each parameter: {@code i} if it is indexed
   */
  public static Event of(String name, String parameters, String indexed) {
    return new Event(
        name,
        Keccak.hash(name + parameters),
        AbiType.parameters(parameters),
        indexed.chars().mapToObj(c -> c == 'i').toList());
  }

  /**
   * The parameters of a log, in the order of the declaration.
   *
   * @throws FormatException if it is not one of this event
   */
  public Values decode(List<Word> topics, byte[] data) {
    if (topics.isEmpty()
        || !topics.getFirst().equals(topic)
        || topics.size() != 1 + indexed.stream().filter(i -> i).count()) {
      throw new FormatException("log", "expected an event '" + name + "'");
    }
    List<AbiType> plain = new ArrayList<>();
    for (int i = 0; i < indexed.size(); i++) {
      if (!indexed.get(i)) {
        plain.add(types.parts().get(i));
      }
    }
    String what = "event '" + name + "'";
    Values rest = Abi.decode(what, new AbiType.Tuple(plain), data);
    List<Object> values = new ArrayList<>();
    int topicsRead = 1;
    int plainRead = 0;
    for (int i = 0; i < indexed.size(); i++) {
      if (!indexed.get(i)) {
        values.add(rest.all().get(plainRead++));
        continue;
      }
      Word value = topics.get(topicsRead++);
      AbiType type = types.parts().get(i);
      boolean hashed = type.isDynamic() || type.headWords() != 1;
      values.add(
          hashed
              ? value
              : Abi.decode(what, new AbiType.Tuple(List.of(type)), value.bytes()).all().getFirst());
    }
    return new Values(values);
  }
}
