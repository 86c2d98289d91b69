package org.buildchain.daemon.command.exchange;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;

/** Reads {@code host:port}, {@code [ipv6]:port}, {@code :port} (every address) or a port alone. */
final class ListenAddress {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\[[0-9a-fA-F:.%]+]|[^:\\[\\]]*):)?(\\d{1,5})");
  private static final int MAX_PORT = 65535;

  private ListenAddress() {}

  /**
   * The address of a text.
   *
   * @throws FormatException if it has another form or the host is not known
   */
  static InetSocketAddress parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(2)) > MAX_PORT) {
      throw new FormatException("address '" + text + "'", "expected HOST:PORT");
    }
    int port = Integer.parseInt(m.group(2));
    if (m.group(1) == null) {
      return new InetSocketAddress("127.0.0.1", port);
    }
    if (m.group(1).isEmpty()) {
      return new InetSocketAddress(port);
    }
    InetSocketAddress address = new InetSocketAddress(m.group(1).replaceAll("[\\[\\]]", ""), port);
    if (address.isUnresolved()) {
      throw new FormatException("address '" + text + "'", "the host is not known");
    }
    return address;
  }
}
