package org.buildchain.daemon.explorer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** How values are written for the page. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int DECIMALS = 18;

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(ObjectNode json) {
    return MAPPER.writeValueAsBytes(json);
  }

  /** An amount of 10^-18 BCT in BCT. */
  static String amount(BigInteger units) {
    return new BigDecimal(units, DECIMALS).stripTrailingZeros().toPlainString();
  }

  /** The CID that a digest on the chain stands for. */
  static String cid(Word digest) {
    return Outputs.cid(digest).toString();
  }

  /** A constant's name as JSON has it: {@code non-determinism}. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static void put(ObjectNode json, String key, Optional<?> value) {
    value.ifPresent(v -> json.put(key, v.toString()));
  }
}
