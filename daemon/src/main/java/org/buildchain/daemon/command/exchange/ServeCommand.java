package org.buildchain.daemon.command.exchange;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.command.KeyFiles;
import org.buildchain.daemon.command.Services;
import org.buildchain.daemon.command.Sizes;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.gateway.LooseBlocks;
import org.buildchain.substituter.net.Tls;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.serve.Compression;
import org.buildchain.substituter.serve.Monitor;
import org.buildchain.substituter.serve.ServeLog;
import org.buildchain.substituter.serve.Token;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the store as a Nix binary cache. */
@Command(
    name = "serve",
    description = {
      "Serves the store as a Nix binary cache over HTTP until Ctrl-C.",
      "",
      "Everybody who reaches the address can read all of the store. Paths are"
          + " signed by the keys of '--key-file', or else of the setting 'secret-key-files'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc serve",
      "  bc serve --listen :8080 --key-file secret.key",
      "  bc serve --listen :443 --tls-cert chain.pem --tls-key key.pem",
      "  bc serve --key-file secret.key --require verified",
      "  bc serve --car blocks.car           also what this file holds, at /ipfs/CID",
      "  bc serve --monitor 127.0.0.1:5001   figures for Prometheus, at /metrics there",
      "  bc serve --upload-token-file token  for 'nix copy --to' with a netrc file",
      "  nix copy --from http://127.0.0.1:5000 --no-check-sigs /nix/store/...-hello",
      "  nix-build --option substituters http://127.0.0.1:5000 \\",
      "      --option trusted-public-keys \"$(cat public.key)\""
    })
public final class ServeCommand extends BcCommand {
  private static final int MAX_TOKEN = 4096;

  /** Before a certificate ends there is a warning. */
  private static final Duration SOON = Duration.ofDays(14);

  /** Unless the daemon's options say otherwise, which bound every server of HTTP here. */
  private static final int MAX_CONNECTIONS = 1000;

  @Option(
      names = {"-l", "--listen"},
      paramLabel = "ADDR",
      defaultValue = "127.0.0.1:5000",
      description = "HOST:PORT or :PORT; port 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private String listen;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Sign with this secret key; may be given several times.")
  private List<String> keyFiles = new ArrayList<>();

  @Option(
      names = "--compression",
      paramLabel = "NAME",
      defaultValue = "zstd",
      description = "What clients fetch: zstd (the default), xz or none.")
  private String compression;

  @Option(
      names = "--priority",
      paramLabel = "N",
      defaultValue = "40",
      description = "Clients ask the cache with the lowest number first. Default: 40.")
  private int priority;

  @Option(
      names = "--keep",
      paramLabel = "BYTES",
      defaultValue = "2G",
      description =
          "Keep so many bytes of NARs as files: of compressed ones, or of plain ones that are asked"
              + " for again. Default: 2G.")
  private String keep;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Speak HTTPS with these certificates (PEM): the server's own, then the others.")
  private Optional<String> certificates = Optional.empty();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The key of the server's certificate (PEM, PKCS #8, not encrypted).")
  private Optional<String> tlsKey = Optional.empty();

  @Option(
      names = "--upload-token-file",
      paramLabel = "FILE",
      description = "Let whoever has the token in this file upload paths, which are signed then.")
  private Optional<String> tokenFile = Optional.empty();

  @Option(
      names = "--upload-client-ca",
      paramLabel = "FILE",
      description =
          "Let whoever shows a certificate that one of these (PEM) has issued upload paths as"
              + " well. Takes TLS.")
  private Optional<String> clients = Optional.empty();

  @Option(
      names = "--log",
      paramLabel = "WHAT",
      defaultValue = "uploads",
      description =
          "What gets a line on standard error: requests, uploads (the default), which are the paths"
              + " that came and what failed, or none.")
  private String log;

  @Option(
      names = "--monitor",
      paramLabel = "ADDR",
      description =
          "Answer /metrics (for Prometheus) and /health at this address, by HTTP. Default: nowhere;"
              + " /health is at the cache's own address, too.")
  private Optional<String> monitor = Optional.empty();

  @Option(
      names = "--car",
      paramLabel = "FILE",
      description = "Serve the blocks of this CAR file (version 1) by their CIDs as well.")
  private List<String> cars = List.of();

  @Option(
      names = "--require",
      paramLabel = "verified",
      description =
          "Serve to Nix clients only what the chain in use calls valid, with all that it refers"
              + " to. Blocks by CID are served all the same.")
  private Optional<String> require = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Services services = context.services();
    if (keyFiles.isEmpty()) {
      keyFiles = context.settings().list("secret-key-files");
    }
    Path loose = services.root().resolve("chain/outputs");
    for (String car : cars) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file(car)))) {
        int unused = LooseBlocks.take(in, loose);
      } catch (IOException e) {
        throw new CommandException("option '--car': '" + car + "': " + IoErrors.reason(e));
      } catch (FormatException e) {
        throw new CommandException("option '--car': '" + car + "': " + e.getMessage());
      }
    }
    CacheServer.Options options =
        new CacheServer.Options(
            ListenAddress.parse(listen),
            KeyFiles.read(context, keyFiles),
            Compression.parse(compression)
                .orElseThrow(
                    () ->
                        new CommandException(
                            "option '--compression': expected zstd, xz or none, not '"
                                + compression
                                + "'")),
            priority,
            services.root().resolve("cache/nars"),
            Sizes.bytes("--keep", keep),
            tls(),
            tokenFile.map(this::token),
            clients.isPresent(),
            services.root().resolve("cache/uploads"),
            loose,
            admits(),
            Integer.getInteger("jdk.httpserver.maxConnections", MAX_CONNECTIONS));
    ServeLog.Level level =
        ServeLog.Level.parse(log)
            .orElseThrow(
                () ->
                    new CommandException(
                        "option '--log': expected one of "
                            + ServeLog.Level.names()
                            + ", not '"
                            + log
                            + "'"));
    try (ServeLog lines = new ServeLog(level, Clock.systemUTC(), context.messages()::note);
        CacheServer server = start(options, lines)) {
      println(tlsKey.isPresent(), server.address(), "");
      if (monitor.isEmpty()) {
        new CountDownLatch(1).await();
      } else {
        try (Monitor watched = monitor(monitor.get(), server)) {
          println(false, watched.address(), "/metrics");
          new CountDownLatch(1).await();
        }
      }
    } catch (InterruptedException e) {
      // Ctrl-C is how it ends.
    }
    return 0;
  }

  private void println(boolean secure, InetSocketAddress address, String path) {
    String host =
        address.getAddress().isAnyLocalAddress() && address.getAddress() instanceof Inet6Address
            ? "::"
            : address.getAddress().getHostAddress();
    context
        .messages()
        .println(
            (secure ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + address.getPort()
                + path);
  }

  private Monitor monitor(String address, CacheServer server) throws IOException {
    Optional<Instant> expiry =
        certificates.isPresent()
            ? Optional.of(Tls.expiry(file(certificates.get())))
            : Optional.empty();
    try {
      return new Monitor(ListenAddress.parse(address), server, expiry);
    } catch (IOException e) {
      throw new CommandException("cannot listen at '" + address + "': " + e.getMessage());
    }
  }

  private Predicate<StorePath> admits() {
    if (require.isEmpty()) {
      return path -> true;
    }
    if (!require.get().equals("verified")) {
      throw new CommandException("option '--require': expected 'verified'");
    }
    return context.services().acceptance().accepted(context, context.settings());
  }

  private Optional<SSLContext> tls() {
    if (certificates.isPresent() != tlsKey.isPresent()) {
      throw new CommandException("'--tls-cert' and '--tls-key' need each other");
    }
    if (certificates.isEmpty()) {
      if (clients.isPresent()) {
        throw new CommandException("'--upload-client-ca' needs '--tls-cert' and '--tls-key'");
      }
      return Optional.empty();
    }
    try {
      warnOfExpiry(certificates.get());
      if (clients.isPresent()) {
        warnOfExpiry(clients.get());
      }
      return Optional.of(
          Tls.server(file(certificates.get()), file(tlsKey.get()), clients.map(this::file)));
    } catch (IOException e) {
      throw new CommandException("cannot read the files for TLS: " + IoErrors.message(e));
    }
  }

  private void warnOfExpiry(String given) throws IOException {
    Instant expiry = Tls.expiry(file(given));
    Instant now = Instant.now();
    if (expiry.isBefore(now.plus(SOON))) {
      context
          .messages()
          .warning(
              "'"
                  + given
                  + "': "
                  + (expiry.isBefore(now)
                      ? "a certificate has expired on "
                      : "a certificate expires on ")
                  + expiry);
    }
  }

  private Token token(String given) {
    try (InputStream in = Files.newInputStream(file(given))) {
      return new Token(Octets.of(in.readNBytes(MAX_TOKEN)));
    } catch (IOException e) {
      throw new CommandException(
          "cannot read the token file '" + given + "': " + IoErrors.reason(e));
    } catch (FormatException e) {
      throw new CommandException("token file '" + given + "': " + e.getMessage());
    }
  }

  private Path file(String given) {
    return Path.of(
        Octets.toText(CanonicalPath.absolute(given, context.caller().invocation().cwd())));
  }

  private CacheServer start(CacheServer.Options options, ServeLog lines) {
    Services services = context.services();
    try {
      return new CacheServer(
          services.store(), services.logs(), options, context.messages()::warning, lines::add);
    } catch (IOException e) {
      throw new CommandException("cannot listen at '" + listen + "': " + e.getMessage());
    }
  }
}
