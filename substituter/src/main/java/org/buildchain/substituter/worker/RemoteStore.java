package org.buildchain.substituter.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;

/**
 * Where a daemon is reached: {@code unix:///path/to/socket}, or {@code ssh-ng://[user@]host[:port]}
 * with the parameters {@code ssh-key}, {@code remote-program} and {@code remote-store}. Source: Nix
 * manual, "Store Types".
 */
public final class RemoteStore {
  private final String url;
  private final URI uri;
  private final Map<String, String> parameters = new HashMap<>();

  private RemoteStore(String url) {
    this.url = url;
    try {
      this.uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new FormatException("'" + url + "'", "is no URL: " + e.getMessage());
    }
    String query = uri.getRawQuery();
    for (String part : query == null ? new String[0] : query.split("&")) {
      int at = part.indexOf('=');
      if (at > 0) {
        parameters.put(
            part.substring(0, at),
            URLDecoder.decode(part.substring(at + 1), StandardCharsets.UTF_8));
      }
    }
  }

  /** Whether a URL is of this kind. */
  public static boolean isOne(String url) {
    return url.startsWith("unix://") || url.startsWith("ssh-ng://");
  }

  /** Reads a URL. */
  public static RemoteStore parse(String url) {
    return new RemoteStore(url);
  }

  /**
   * Connects.
   *
   * @param environment for {@code ssh}, which finds the caller's agent there
   * @param notes takes what the daemon says, octet strings
   */
  public WorkerClient connect(StoreDir dir, Map<String, String> environment, Consumer<String> notes)
      throws IOException {
    return uri.getScheme().equals("unix")
        ? overSocket(dir, notes)
        : overSsh(dir, environment, notes);
  }

  private WorkerClient overSocket(StoreDir dir, Consumer<String> notes) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(Path.of(uri.getPath())));
      return new WorkerClient(
          dir, Channels.newInputStream(channel), Channels.newOutputStream(channel), channel, notes);
    } catch (IOException e) {
      channel.close();
      throw new IOException("cannot connect to '" + url + "': " + e.getMessage(), e);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private WorkerClient overSsh(
      StoreDir dir, Map<String, String> environment, Consumer<String> notes) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process ssh = builder.start();
    try {
      return new WorkerClient(
          dir, ssh.getInputStream(), ssh.getOutputStream(), () -> end(ssh), notes);
    } catch (IOException e) {
      end(ssh);
      throw new IOException("cannot connect to '" + url + "': " + e.getMessage(), e);
    } catch (RuntimeException e) {
      end(ssh);
      throw e;
    }
  }

  private static void end(Process ssh) throws IOException {
    ssh.getOutputStream().close();
    ssh.destroy();
  }

  /** The command line of {@code ssh}. */
  List<String> command() {
    String host = uri.getHost();
    // What begins with a dash would be an option of ssh, and could name a program to run.
    if (host == null || host.startsWith("-")) {
      throw new FormatException("'" + url + "'", "names no host");
    }
    List<String> command = new ArrayList<>(List.of("ssh", "-x", "-T"));
    if (uri.getUserInfo() != null) {
      command.addAll(List.of("-l", uri.getUserInfo()));
    }
    if (uri.getPort() > 0) {
      command.addAll(List.of("-p", Integer.toString(uri.getPort())));
    }
    if (parameters.containsKey("ssh-key")) {
      command.addAll(List.of("-i", parameters.get("ssh-key")));
    }
    command.addAll(List.of("--", host.replaceAll("^\\[|\\]$", "")));
    command.add(parameters.getOrDefault("remote-program", "nix-daemon"));
    command.add("--stdio");
    if (parameters.containsKey("remote-store")) {
      command.addAll(List.of("--store", parameters.get("remote-store")));
    }
    return command;
  }
}
