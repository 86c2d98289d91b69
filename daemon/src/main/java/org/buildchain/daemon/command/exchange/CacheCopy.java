package org.buildchain.daemon.command.exchange;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.KeyFiles;
import org.buildchain.daemon.host.download.UrlDownloads;
import org.buildchain.daemon.settings.NetrcFile;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.net.Authorities;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.upload.CacheFiles;
import org.buildchain.substituter.upload.ClosureUpload;
import org.buildchain.substituter.upload.Destinations;
import org.buildchain.substituter.upload.RealisationUpload;
import org.buildchain.substituter.upload.UploadOptions;

/** Sends paths to a binary cache. */
final class CacheCopy {
  private final CommandContext context;
  private final Settings settings;
  private final DiskStore store;

  CacheCopy(CommandContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    this.store = context.services().store();
  }

  /** Sends what the cache lacks of these, each path after those that it refers to. */
  void to(String text, Collection<StorePath> paths) throws IOException {
    CacheUrl url = CacheUrl.parse(text);
    UploadOptions options =
        UploadOptions.of(
            url,
            store.dir(),
            file -> KeyFiles.read(context, List.of(Octets.fromText(file))).getFirst(),
            context.messages()::warning);
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
    try (HttpClient client = Authorities.of(env).build(builder)) {
      CacheFiles files =
          new Destinations(
                  client,
                  NetrcFile.read(settings.text("netrc-file")),
                  Duration.ofSeconds(Math.max(1, settings.number("stalled-download-timeout"))),
                  Files.createDirectories(context.services().root().resolve("builds")),
                  env,
                  Path.of(env.getOrDefault("HOME", "/")))
              .open(url);
      List<PathInfo> objects = RemoteCopy.inOrder(store, paths);
      ClosureUpload.send(
          store,
          objects,
          files,
          options,
          path ->
              context
                  .messages()
                  .note(
                      "copying path '"
                          + store.dir().print(path)
                          + "' to '"
                          + url.place()
                          + "'..."));
      RealisationUpload.send(store, objects, files, options);
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }
}
