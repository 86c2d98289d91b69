package org.buildchain.substituter.upload;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.net.CacheUrl;
import org.buildchain.substituter.signature.SecretKey;

/**
 * How a cache is written. Source: Nix manual, "Local Binary Cache Store", "S3 Binary Cache Store"
 * and "HTTP Binary Cache Store", settings.
 *
 * @param key signs what is sent, besides those who have signed it
 * @param listings whether each path gets a {@code .ls}
 * @param massQuery what {@code nix-cache-info} says of it, where there is none yet
 * @param priority what it says of that
 */
public record UploadOptions(
    Compressor compressor,
    Optional<SecretKey> key,
    boolean listings,
    Optional<Boolean> massQuery,
    OptionalInt priority) {
  private static final Set<String> S3 = Set.of("region", "endpoint", "scheme", "profile");

  /** Those that change nothing of what is written, or how Nix writes it. */
  private static final Set<String> HARMLESS =
      Set.of(
          "local-nar-cache",
          "parallel-compression",
          "path-info-cache-size",
          "system-features",
          "trusted");

  private static final Set<String> HARMLESS_S3 = Set.of("buffer-size", "log-compression");
  private static final Set<String> ABSENT = Set.of("index-debug-info");

  private static final Set<String> ABSENT_S3 =
      Set.of("ls-compression", "multipart-upload", "narinfo-compression");

  /**
   * What the parameters of a cache's URL say.
   *
   * @param keys reads the file of a secret key
   * @param warnings told of parameters without effect
   * @throws FormatException if a value is wrong
   */
  public static UploadOptions of(
      CacheUrl url, StoreDir dir, Function<String, SecretKey> keys, Consumer<String> warnings) {
    // Nix's choice, but over HTTP, where somebody waits, what is many times quicker.
    String compression = url.scheme().startsWith("http") ? "zstd" : "xz";
    OptionalInt level = OptionalInt.empty();
    Optional<SecretKey> key = Optional.empty();
    boolean listings = false;
    Optional<Boolean> massQuery = Optional.empty();
    OptionalInt priority = OptionalInt.empty();
    for (Map.Entry<String, String> parameter : url.parameters().entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      switch (name) {
        case "compression" -> compression = value;
        case "compression-level" -> {
          int number = number(name, value);
          level = number == -1 ? OptionalInt.empty() : OptionalInt.of(number);
        }
        case "secret-key" -> key = Optional.of(value).filter(v -> !v.isEmpty()).map(keys);
        case "write-nar-listing" -> listings = flag(name, value);
        case "want-mass-query" -> massQuery = Optional.of(flag(name, value));
        case "priority" -> priority = OptionalInt.of(number(name, value));
        case "store" -> requireSame(url.place(), dir, value);
        default -> judge(url, name, warnings);
      }
    }
    return new UploadOptions(
        Compressor.parse(compression, level), key, listings, massQuery, priority);
  }

  private static void judge(CacheUrl url, String name, Consumer<String> warnings) {
    Set<String> silent = new HashSet<>(HARMLESS);
    Set<String> absent = new HashSet<>(ABSENT);
    if (url.scheme().equals("s3")) {
      silent.addAll(S3);
      silent.addAll(HARMLESS_S3);
      absent.addAll(ABSENT_S3);
    }
    if (absent.contains(name)) {
      warnings.accept("setting '" + name + "' of Nix has no effect here");
    } else if (!silent.contains(name)) {
      warnings.accept("unknown setting '" + name + "'");
    }
  }

  /**
   * Holds a cache to the store that it is for.
   *
   * @throws FormatException if that is another
   */
  static void requireSame(String url, StoreDir dir, String prefix) {
    if (!prefix.equals(dir.toString())) {
      // The words of Nix.
      throw new FormatException(
          "binary cache '"
              + url
              + "' is for Nix stores with prefix '"
              + prefix
              + "', not '"
              + dir
              + "'");
    }
  }

  private static boolean flag(String name, String value) {
    return switch (value) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default -> throw invalid(name, value);
    };
  }

  private static int number(String name, String value) {
    if (!value.matches("-?[0-9]{1,9}")) {
      throw invalid(name, value);
    }
    return Integer.parseInt(value);
  }

  private static FormatException invalid(String name, String value) {
    return new FormatException("setting '" + name + "' has invalid value '" + value + "'");
  }
}
