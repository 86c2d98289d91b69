package org.buildchain.chain.abi;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * A call of a contract's function.
 *
 * @param name of the function, for messages
 * @param data selector and arguments; not to be changed
 * @param results the types of what it returns
 */
public record Call(String name, byte[] data, AbiType.Tuple results) {
  private static final int SELECTOR = 4;

  /**
   * A call.
   *
   * @param parameters types as signatures have them: {@code (bytes32,uint8)}
   * @param results likewise
   */
  public static Call of(String name, String parameters, String results, List<?> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(Keccak.hash(name + parameters).bytes(), SELECTOR));
    out.writeBytes(Abi.encode(AbiType.parameters(parameters), arguments));
    return new Call(name, out.toByteArray(), AbiType.parameters(results));
  }

  /** What the call returned. */
  public Values decode(byte[] returned) {
    return Abi.decode("result of '" + name + "'", results, returned);
  }
}
