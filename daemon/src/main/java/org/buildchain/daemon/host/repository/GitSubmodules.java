package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code .gitmodules} of a commit says of submodules. */
final class GitSubmodules {
  private final Map<String, Map<String, String>> byName;
  private final String origin;

  private GitSubmodules(Map<String, Map<String, String>> byName, String origin) {
    this.byName = byName;
    this.origin = origin;
  }

  /**
   * Those of a commit.
   *
   * @param origin what relative URLs are relative to
   */
  static GitSubmodules ofCommit(Git git, String commit, String origin) throws IOException {
    Map<String, Map<String, String>> found = new HashMap<>();
    if (git.line("cat-file", "-t", commit + ":.gitmodules").isPresent()) {
      String listed = git.text("config", "--blob", commit + ":.gitmodules", "-z", "--list");
      for (String entry : listed.split("\0")) {
        int end = entry.indexOf('\n');
        int dot = entry.lastIndexOf('.', end < 0 ? entry.length() : end);
        if (end > 0 && entry.startsWith("submodule.") && dot > "submodule.".length()) {
          found
              .computeIfAbsent(entry.substring("submodule.".length(), dot), n -> new HashMap<>())
              .put(entry.substring(dot + 1, end), entry.substring(end + 1));
        }
      }
    }
    return new GitSubmodules(found, origin);
  }

  /** The attributes of the input for the submodule at a path, its commit excepted. */
  Optional<Map<String, Object>> at(String path) {
    return byName.values().stream()
        .filter(m -> path.equals(m.get("path")) && m.containsKey("url"))
        .findFirst()
        .map(
            m -> {
              Map<String, Object> a = new TreeMap<>();
              a.put("type", "git");
              a.put("url", resolved(m.get("url")));
              a.put("submodules", true);
              if (m.containsKey("branch")) {
                a.put("ref", m.get("branch"));
              }
              return a;
            });
  }

  private String resolved(String url) {
    if (!url.startsWith("./") && !url.startsWith("../")) {
      return url;
    }
    String base = origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin;
    String rest = url;
    while (rest.startsWith("./") || rest.startsWith("../")) {
      if (rest.startsWith("../")) {
        base = base.substring(0, Math.max(0, base.lastIndexOf('/')));
      }
      rest = rest.substring(rest.indexOf('/') + 1);
    }
    return base + "/" + rest;
  }
}
