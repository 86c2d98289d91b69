package org.buildchain.chain.rpc;

import java.util.Optional;

/** A node that could not be reached, or that refused something. */
public final class NodeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean refusal;
  private final String data;

  private NodeException(String message, boolean refusal, String data, Throwable cause) {
    super(message, cause);
    this.refusal = refusal;
    this.data = data;
  }

  static NodeException unreachable(String message, Throwable cause) {
    return new NodeException(message, false, "", cause);
  }

  static NodeException refused(String message, String data) {
    return new NodeException(message, true, data, null);
  }

  /** Whether the node answered and refused; otherwise it's worth trying again. */
  public boolean isRefusal() {
    return refusal;
  }

  /** What a contract gave as its reason, ABI-encoded, {@code 0x…}. */
  public Optional<String> revertData() {
    return data.isEmpty() ? Optional.empty() : Optional.of(data);
  }
}
