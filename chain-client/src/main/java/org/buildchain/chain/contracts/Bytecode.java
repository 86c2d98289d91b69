package org.buildchain.chain.contracts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Hex;

/** The bytecode that comes with the program. */
final class Bytecode {
  private Bytecode() {}

  /** A contract's bytecode with the constructor's arguments. */
  static byte[] with(String contract, String types, List<?> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream in = Bytecode.class.getResourceAsStream(contract + ".bin")) {
      out.writeBytes(
          Hex.data(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.writeBytes(Abi.encode(AbiType.parameters(types), arguments));
    return out.toByteArray();
  }
}
