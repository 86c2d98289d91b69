package org.buildchain.daemon.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.daemon.host.file.HostFiles;
import org.buildchain.daemon.host.file.StoreFiles;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Registry;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The flake registries as one command sees them: its caller's, the machine's, and the one of the
 * setting {@code flake-registry}, which is only fetched for names that no other has. Source: Nix
 * 2.26 manual, {@code nix registry}; {@code libfetchers/registry.cc}.
 */
final class FlakeRegistries {
  private static final int MAX_BYTES = 16 << 20;
  private static final int VERSION = 2;

  private final Registry given;
  private final Map<String, String> env;
  private final Settings settings;
  private final Download download;
  private final Store store;
  private final Consumer<String> warnings;

  /** Copies a file into the store. */
  @FunctionalInterface
  interface Download {
    StorePath of(String url) throws IOException;
  }

  /**
   * @param given goes before all others
   * @param env the caller's environment
   * @param store holds what was downloaded
   * @param warnings gets what the user should know
   */
  FlakeRegistries(
      Registry given,
      Map<String, String> env,
      Settings settings,
      Download download,
      Store store,
      Consumer<String> warnings) {
    this.given = given;
    this.env = env;
    this.settings = settings;
    this.download = download;
    this.store = store;
    this.warnings = warnings;
  }

  /**
   * See {@link org.buildchain.language.EvalHost#resolve}.
   *
   * @throws IOException if the registry of the setting cannot be downloaded
   */
  Registry.Resolved resolve(Input reference) throws IOException {
    if (!settings.flag("use-registries")) {
      throw new InputException(
          "'"
              + reference.toUrl()
              + "' is an indirect flake reference, but registry lookups are not allowed");
    }
    List<Registry> near = new ArrayList<>(List.of(given));
    String user = userFolder();
    if (!user.isEmpty()) {
      near.add(file(user + "/registry.json"));
    }
    near.add(file(env.getOrDefault("NIX_CONF_DIR", "/etc/nix") + "/registry.json"));
    String global = settings.text("flake-registry");
    if (global.startsWith("/")) {
      near.add(file(global));
    }
    return Registry.resolve(
        near,
        () ->
            global.isEmpty() || global.startsWith("/")
                ? Registry.EMPTY
                : downloaded(global, download.of(global)),
        reference);
  }

  private String userFolder() {
    String own = env.getOrDefault("NIX_CONFIG_HOME", "");
    String config = env.getOrDefault("XDG_CONFIG_HOME", "");
    String home = env.getOrDefault("HOME", "");
    if (!own.isEmpty()) {
      return own;
    }
    return !config.isEmpty() ? config + "/nix" : home.isEmpty() ? "" : home + "/.config/nix";
  }

  private Registry file(String path) {
    try {
      return HostFiles.typeOf(path).isEmpty()
          ? Registry.EMPTY
          : parsed(path, HostFiles.readFile(path));
    } catch (IOException e) {
      return unread(path, e.getMessage());
    }
  }

  private Registry downloaded(String url, StorePath file) throws IOException {
    return parsed(url, new StoreFiles(store).readFile(file, store.dir().print(file)));
  }

  private Registry unread(String path, String why) {
    warnings.accept("cannot read flake registry '" + path + "': " + why);
    return Registry.EMPTY;
  }

  /** What a file says; where it is malformed, what stands before that. */
  private Registry parsed(String path, String text) {
    List<Registry.Entry> entries = new ArrayList<>();
    try {
      if (text.length() > MAX_BYTES) {
        return unread(path, "it is longer than " + MAX_BYTES + " bytes");
      }
      JsonNode file = JsonMapper.shared().readTree(Octets.bytes(text));
      int version = file.path("version").asInt(0);
      if (version != VERSION) {
        return unread(path, "flake registry '" + path + "' has unsupported version " + version);
      }
      for (JsonNode e : file.path("flakes")) {
        entries.add(
            Registry.Entry.of(
                attributes(e.path("from")),
                attributes(e.path("to")),
                e.path("exact").asBoolean(false)));
      }
    } catch (JacksonException e) {
      warnings.accept("cannot parse flake registry '" + path + "': " + e.getOriginalMessage());
    } catch (InputException e) {
      unread(path, e.getMessage());
    }
    return new Registry(entries);
  }

  private static Map<String, Object> attributes(JsonNode json) {
    Map<String, Object> out = new TreeMap<>();
    json.properties()
        .forEach(
            p -> {
              JsonNode v = p.getValue();
              if (v.isString()) {
                out.put(p.getKey(), Octets.fromText(v.asString()));
              } else if (v.isIntegralNumber()) {
                out.put(p.getKey(), v.asLong());
              } else if (v.isBoolean()) {
                out.put(p.getKey(), v.asBoolean());
              } else {
                throw new InputException("unsupported input attribute type in lock file");
              }
            });
    return out;
  }
}
