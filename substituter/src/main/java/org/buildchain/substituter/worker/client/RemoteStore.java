package org.buildchain.substituter.worker.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;

/**
 * Where a store is reached: {@code unix:///path/to/socket}, or {@code ssh-ng://[user@]host[:port]}
 * and {@code ssh://…} with the parameters {@code ssh-key}, {@code base64-ssh-public-host-key},
 * {@code remote-program} and {@code remote-store}. Source: Nix manual, "Store Types"; {@code
 * ssh.cc} of Nix 2.26.
 */
public final class RemoteStore {
  private static final Pattern URL =
      Pattern.compile("(unix|ssh-ng|ssh)://([^/?]*)([^?]*)(?:\\?(.*))?", Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:(.*)@)?(\\[[^\\]]*\\]|[^:]*|[^:]*:[^:]*:.*)(?::([0-9]{1,5}))?");

  /** What a program may take to end when nobody speaks with it any more. */
  private static final long PATIENCE_SECONDS = 5;

  private final String url;
  private final String scheme;
  private final String authority;
  private final String path;
  private final Map<String, String> parameters = new HashMap<>();

  private RemoteStore(String url) {
    this.url = url;
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new FormatException("'" + url + "'", "is no URL of a store that is reached so");
    }
    this.scheme = matcher.group(1);
    this.authority = matcher.group(2);
    this.path = matcher.group(3);
    String query = matcher.group(4);
    for (String part : query == null ? new String[0] : query.split("&")) {
      int at = part.indexOf('=');
      if (at > 0) {
        parameters.put(part.substring(0, at), decoded(part.substring(at + 1)));
      }
    }
  }

  private String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new FormatException("'" + url + "'", "is no URL: " + e.getMessage());
    }
  }

  /** Whether a URL is of this kind. */
  public static boolean isOne(String url) {
    return url.startsWith("unix://") || url.startsWith("ssh-ng://") || url.startsWith("ssh://");
  }

  /** Reads a URL. */
  public static RemoteStore parse(String url) {
    return new RemoteStore(url);
  }

  /** This store with a parameter more, which counts over one of the URL's. */
  public RemoteStore with(String parameter, String value) {
    RemoteStore changed = new RemoteStore(url);
    changed.parameters.putAll(parameters);
    changed.parameters.put(parameter, value);
    return changed;
  }

  /** Something that runs for a connection. */
  public interface Transport extends AutoCloseable {
    /** Ends it at once, whatever it does; what is read from it ends too. */
    void abort();

    @Override
    void close() throws IOException;
  }

  /**
   * Connects.
   *
   * @param environment for {@code ssh}, which finds the caller's agent there, and options in {@code
   *     NIX_SSHOPTS}
   * @param notes takes what the other side says, octet strings
   * @param started gets what runs before a word is exchanged, so that it can be aborted
   */
  public StoreConnection connect(
      StoreDir dir,
      Map<String, String> environment,
      Consumer<String> notes,
      Consumer<Transport> started)
      throws IOException {
    try {
      return scheme.equals("unix")
          ? overSocket(dir, notes, started)
          : overSsh(dir, environment, notes, started);
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IOException("cannot connect to '" + url + "': " + why, e);
    }
  }

  private StoreConnection overSocket(
      StoreDir dir, Consumer<String> notes, Consumer<Transport> started) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Transport transport = new Socket(channel);
    started.accept(transport);
    try {
      channel.connect(UnixDomainSocketAddress.of(Path.of(path)));
      return new WorkerClient(
          dir,
          Channels.newInputStream(channel),
          Channels.newOutputStream(channel),
          transport,
          notes);
    } catch (IOException | RuntimeException e) {
      transport.abort();
      throw e;
    }
  }

  private record Socket(SocketChannel channel) implements Transport {
    @Override
    public void abort() {
      try {
        channel.close();
      } catch (IOException e) {
        // Nobody reads from it any more.
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private StoreConnection overSsh(
      StoreDir dir,
      Map<String, String> environment,
      Consumer<String> notes,
      Consumer<Transport> started)
      throws IOException {
    Optional<Path> hostKeys = hostKeys();
    ProcessBuilder builder = new ProcessBuilder(command(environment, hostKeys));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Program program = new Program(builder.start(), hostKeys);
    started.accept(program);
    Process process = program.process();
    try {
      if (scheme.equals("ssh")) {
        return new ServeClient(
            dir,
            process.getInputStream(),
            process.getOutputStream(),
            process.getErrorStream(),
            program,
            notes);
      }
      ShownErrors errors = new ShownErrors(process.getErrorStream(), notes);
      try {
        return new WorkerClient(
            dir, process.getInputStream(), process.getOutputStream(), program, notes);
      } catch (EOFException e) {
        errors.finish();
        throw new IOException(errors.last().orElse("the connection ended"), e);
      }
    } catch (IOException | RuntimeException e) {
      program.abort();
      throw e;
    }
  }

  private record Program(Process process, Optional<Path> hostKeys) implements Transport {
    @Override
    public void abort() {
      // A shell runs it here: what that has started would hold the pipe open that is read from.
      List<ProcessHandle> started = process.descendants().toList();
      process.destroy();
      started.forEach(ProcessHandle::destroy);
      removeKeys();
    }

    /** It ends when it finds that nobody speaks with it, having said all that it had to say. */
    @Override
    public void close() throws IOException {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // It is gone already.
      }
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroy();
        }
      } catch (InterruptedException e) {
        process.destroy();
        Thread.currentThread().interrupt();
      } finally {
        removeKeys();
      }
    }

    private void removeKeys() {
      hostKeys.ifPresent(file -> file.toFile().delete());
    }
  }

  /** The host's key, where the caller knows it, as a file of known hosts. */
  private Optional<Path> hostKeys() throws IOException {
    String key = parameters.getOrDefault("base64-ssh-public-host-key", "");
    if (key.isEmpty() || isHere()) {
      return Optional.empty();
    }
    byte[] line;
    try {
      line = Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException e) {
      throw new FormatException("'" + url + "'", "the host's key is not in base 64");
    }
    Matcher where = where();
    String host = where.group(2);
    String name = where.group(3) == null ? host : "[" + host + "]:" + where.group(3);
    Path file = Files.createTempFile("bc-host-key", "");
    Files.writeString(
        file, name + " " + Octets.of(line).strip() + "\n", StandardCharsets.ISO_8859_1);
    return Optional.of(file);
  }

  private Matcher where() {
    Matcher where = AUTHORITY.matcher(authority);
    // What begins with a dash would be an option of ssh, and could name a program to run.
    if (!where.matches()
        || where.group(2).isEmpty()
        || where.group(2).startsWith("-")
        || authority.startsWith("-")) {
      throw new FormatException("'" + url + "'", "names no host");
    }
    return where;
  }

  /** Nix needs no ssh for this machine. */
  private boolean isHere() {
    return authority.equals("localhost");
  }

  /**
   * The command line that reaches the other side.
   *
   * @param environment may hold options of ssh
   * @param hostKeys a file of known hosts in place of the user's
   */
  List<String> command(Map<String, String> environment, Optional<Path> hostKeys) {
    StringBuilder remote = new StringBuilder();
    if (scheme.equals("ssh")) {
      remote.append(parameters.getOrDefault("remote-program", "nix-store"));
      remote.append(" --serve --write");
    } else {
      remote.append(parameters.getOrDefault("remote-program", "nix-daemon")).append(" --stdio");
    }
    if (!parameters.getOrDefault("remote-store", "").isEmpty()) {
      remote.append(" --store ").append(quoted(parameters.get("remote-store")));
    }
    Matcher where = where();
    if (isHere()) {
      return List.of("/bin/sh", "-c", remote.toString());
    }
    List<String> command = new ArrayList<>(List.of("ssh", "-x", "-T"));
    for (String option : environment.getOrDefault("NIX_SSHOPTS", "").strip().split("\\s+")) {
      if (!option.isEmpty()) {
        command.add(option);
      }
    }
    if (where.group(1) != null) {
      command.addAll(List.of("-l", where.group(1)));
    }
    if (where.group(3) != null) {
      command.addAll(List.of("-p", where.group(3)));
    }
    if (!parameters.getOrDefault("ssh-key", "").isEmpty()) {
      command.addAll(List.of("-i", parameters.get("ssh-key")));
    }
    hostKeys.ifPresent(file -> command.add("-oUserKnownHostsFile=" + file));
    command.addAll(List.of("--", where.group(2).replaceAll("^\\[|\\]$", "")));
    command.add(remote.toString());
    return command;
  }

  /** For the shell of the other side. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
