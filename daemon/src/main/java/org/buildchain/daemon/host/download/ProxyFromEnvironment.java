package org.buildchain.daemon.host.download;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxies that a caller's environment names: {@code http_proxy}, {@code https_proxy}, {@code
 * all_proxy}, except for hosts in {@code no_proxy}, in lower or upper case, as curl reads them.
 */
final class ProxyFromEnvironment extends ProxySelector {
  private final Map<String, String> env;

  ProxyFromEnvironment(Map<String, String> env) {
    this.env = env;
  }

  private String variable(String name) {
    String lower = env.getOrDefault(name, "");
    return lower.isEmpty() ? env.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = uri.getHost() == null ? "" : uri.getHost();
    String proxy = variable(uri.getScheme() + "_proxy");
    if (proxy.isEmpty()) {
      proxy = variable("all_proxy");
    }
    if (proxy.isEmpty() || exempt(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    URI at = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    if (at.getHost() == null) {
      return List.of(Proxy.NO_PROXY);
    }
    int port = at.getPort() < 0 ? 1080 : at.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(at.getHost(), port)));
  }

  private boolean exempt(String host) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    for (String entry : variable("no_proxy").split("[, ]+")) {
      String suffix = entry.startsWith(".") ? entry.substring(1) : entry;
      if (entry.equals("*")
          || (!suffix.isEmpty() && (host.equals(suffix) || host.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException problem) {
    // The request reports it.
  }
}
