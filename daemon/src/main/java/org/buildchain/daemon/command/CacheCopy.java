package org.buildchain.daemon.command;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.buildchain.daemon.host.UrlDownloads;
import org.buildchain.daemon.settings.NetrcFile;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.upload.CacheUpload;

/** Sends paths to a binary cache over HTTP. */
final class CacheCopy {
  private final CommandContext context;
  private final Settings settings;
  private final DiskStore store;

  CacheCopy(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    this.store = context.services().store();
  }

  static boolean isOne(String url) {
    String small = url.toLowerCase(Locale.ROOT);
    return small.startsWith("http://") || small.startsWith("https://");
  }

  private static Optional<String> host(String url) {
    try {
      return Optional.ofNullable(URI.create(url).getHost());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Sends what the cache lacks, each path after what it refers to. */
  void to(String url, Collection<StorePath> paths) throws IOException {
    String place = url.replaceFirst("\\?.*", "");
    if (host(place).isEmpty()) {
      throw new CommandException("'" + url + "' names no host");
    }
    Map<String, String> env = new HashMap<>();
    context
        .caller()
        .invocation()
        .env()
        .forEach((k, v) -> env.put(Octets.toText(k), Octets.toText(v)));
    HttpClient.Builder builder = HttpClient.newBuilder().proxy(UrlDownloads.proxies(env));
    if (settings.number("connect-timeout") > 0) {
      builder.connectTimeout(Duration.ofSeconds(settings.number("connect-timeout")));
    }
    Path spool = Files.createDirectories(context.services().root().resolve("builds"));
    try (HttpClient client = builder.build()) {
      CacheUpload upload =
          new CacheUpload(
              client,
              place,
              NetrcFile.read(settings.text("netrc-file")),
              Duration.ofSeconds(Math.max(1, settings.number("stalled-download-timeout"))),
              spool);
      for (PathInfo info : RemoteCopy.inOrder(store, store.closure(paths))) {
        if (!upload.has(info.path())) {
          context
              .messages()
              .note("copying path '" + store.dir().print(info.path()) + "' to '" + url + "'...");
          upload.send(store, info);
        }
      }
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }
}
