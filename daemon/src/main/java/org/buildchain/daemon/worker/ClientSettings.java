package org.buildchain.daemon.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.buildchain.daemon.settings.NixSettings;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.worker.ClientOptions;

/**
 * What a client sets. Source: {@code ClientSettings::apply} in {@code src/libstore/daemon.cc} of
 * Nix 2.26.
 *
 * <p>Threat: a setting can open the sandbox, or name a cache that lies. Who is not trusted sets
 * only how long its own builds may last, and chooses among the caches that the administrator named.
 */
final class ClientSettings {
  /** What anybody may set. */
  private static final Set<String> FREE =
      Set.of("timeout", "max-silent-time", "connect-timeout", "build-poll-interval");

  /** What a client has of its own, and sends all the same. */
  private static final Set<String> CLIENTS =
      Set.of("experimental-features", "ssh-auth-sock", "plugin-files", "store", "system");

  private ClientSettings() {}

  static Settings apply(
      Settings initial, ClientOptions options, boolean trusted, Consumer<String> warnings) {
    Settings settings =
        initial
            .with("keep-failed", Boolean.toString(options.keepFailed()))
            .with("keep-going", Boolean.toString(options.keepGoing()))
            .with("max-silent-time", Long.toString(Math.max(0, options.maxSilentSeconds())))
            .with("cores", Integer.toString(Math.clamp(options.cores(), 0, 1 << 16)))
            .with("max-jobs", Integer.toString(Math.clamp(options.maxJobs(), 0, 4096)));
    if (!options.substitute()) {
      settings = settings.with("substitute", "false");
    }
    for (Map.Entry<String, String> override : options.overrides().entrySet()) {
      String name = NixSettings.current(override.getKey());
      if (!known(name) || CLIENTS.contains(name)) {
        continue;
      }
      if (trusted || FREE.contains(name)) {
        settings = with(settings, name, override.getValue(), warnings);
      } else if (name.equals("substituters")) {
        settings = with(settings, name, admitted(initial, override.getValue(), warnings), warnings);
      } else if (!settings.text(plain(name)).equals(override.getValue().strip())) {
        warnings.accept(
            "ignoring the client-specified setting '"
                + name
                + "', because it is a restricted setting and you are not a trusted user");
      }
    }
    return settings;
  }

  private static String plain(String name) {
    return name.startsWith("extra-") && !Settings.exists(name) ? name.substring(6) : name;
  }

  private static boolean known(String name) {
    return Settings.exists(plain(name));
  }

  private static Settings with(
      Settings settings, String name, String value, Consumer<String> warnings) {
    try {
      return settings.with(name, value);
    } catch (FormatException e) {
      warnings.accept(e.getMessage());
      return settings;
    }
  }

  private static String admitted(Settings settings, String wanted, Consumer<String> warnings) {
    Set<String> named = new HashSet<>(settings.list("substituters"));
    List<String> admitted = new ArrayList<>();
    for (String url : wanted.strip().split("\\s+")) {
      if (named.contains(url)) {
        admitted.add(url);
      } else if (named.contains(url + "/")) {
        admitted.add(url + "/");
      } else if (!url.isEmpty()) {
        warnings.accept("ignoring untrusted substituter '" + url + "', you are not a trusted user");
      }
    }
    return String.join(" ", admitted);
  }
}
