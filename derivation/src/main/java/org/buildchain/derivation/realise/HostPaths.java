package org.buildchain.derivation.realise;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;

/**
 * The host's files that a builder sees. A derivation may ask for some; the settings say which it
 * may have. Source: {@code startBuilder} of Nix 2.26.
 */
final class HostPaths {
  private HostPaths() {}

  /**
   * From paths as the builder sees them to those of the host.
   *
   * @param label the derivation, for errors
   * @throws BuildException if the derivation asks for a path that is not allowed
   */
  static SortedMap<String, String> of(String label, Attributes attributes, BuildSettings settings) {
    SortedMap<String, String> paths = new TreeMap<>();
    for (String entry : settings.sandboxPaths()) {
      boolean optional = entry.endsWith("?");
      String mapping = optional ? entry.substring(0, entry.length() - 1) : entry;
      int equals = mapping.indexOf('=');
      String target = equals < 0 ? mapping : mapping.substring(0, equals);
      String source = equals < 0 ? mapping : mapping.substring(equals + 1);
      if (!target.startsWith("/") || !source.startsWith("/")) {
        throw new BuildException("sandbox path '" + entry + "' is not absolute");
      }
      if (exists(source)) {
        paths.put(canonical(target), source);
      } else if (!optional) {
        throw new BuildException(
            "sandbox path '" + source + "' does not exist; a '?' after it makes it optional");
      }
    }
    for (String wanted : attributes.strings("__impureHostDeps").orElse(List.of())) {
      if (!wanted.startsWith("/") || !allowed(canonical(wanted), settings)) {
        throw new BuildException(
            "derivation '"
                + label
                + "' requested impure path '"
                + wanted
                + "', but it was not in allowed-impure-host-deps");
      }
      if (exists(wanted)) {
        paths.put(canonical(wanted), canonical(wanted));
      }
    }
    return paths;
  }

  /** Links are not resolved: that would tell a caller about files that it cannot see. */
  private static boolean allowed(String path, BuildSettings settings) {
    for (String entry : settings.allowedImpureHostDeps()) {
      String prefix = canonical(entry);
      if (path.equals(prefix) || prefix.equals("/") || path.startsWith(prefix + "/")) {
        return true;
      }
    }
    return false;
  }

  private static boolean exists(String path) {
    return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** The absolute path without empty, {@code .} and {@code ..} components. */
  static String canonical(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }
}
