package org.buildchain.daemon.command;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.buildchain.substituter.serve.CacheServer;
import org.buildchain.substituter.serve.Compression;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the store as a Nix binary cache. */
@Command(
    name = "serve",
    description = {
      "Serves the store as a Nix binary cache over HTTP until Ctrl-C.",
      "",
      "Everybody who reaches the address can read all of the store, and change nothing. Paths are"
          + " signed by the keys of '--key-file', or else of the setting 'secret-key-files'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc serve",
      "  bc serve --listen :8080 --key-file secret.key",
      "  nix copy --from http://127.0.0.1:5000 --no-check-sigs /nix/store/...-hello",
      "  nix-build --option substituters http://127.0.0.1:5000 \\",
      "      --option trusted-public-keys \"$(cat public.key)\""
    })
final class ServeCommand extends BcCommand {
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
      description = "Keep so many bytes of compressed NARs. Default: 2G.")
  private String keep;

  @Override
  public Integer call() throws Exception {
    Services services = context.services();
    if (keyFiles.isEmpty()) {
      keyFiles = context.settings().list("secret-key-files");
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
            Sizes.bytes("--keep", keep));
    try (CacheServer server = start(options)) {
      InetSocketAddress address = server.address();
      String host = address.getAddress().getHostAddress();
      context
          .messages()
          .println(
              "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // Ctrl-C is how it ends.
    }
    return 0;
  }

  private CacheServer start(CacheServer.Options options) {
    Services services = context.services();
    try {
      return new CacheServer(
          services.store(), services.logs(), options, context.messages()::warning);
    } catch (java.io.IOException e) {
      throw new CommandException("cannot listen at '" + listen + "': " + e.getMessage());
    }
  }
}
