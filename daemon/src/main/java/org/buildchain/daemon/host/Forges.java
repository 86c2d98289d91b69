package org.buildchain.daemon.host;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.store.format.Octets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where forges say what a branch is at, and where they keep the archives of commits. Source: their
 * documentation of the API.
 */
final class Forges {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}");

  /** A line of {@code git ls-remote}: what stands there, and its name. */
  private static final Pattern LINE = Pattern.compile("(?:ref: *)?([^\\s]+)(?:\\t+(.*))?");

  private final Texts texts;

  /** Reads what stands at a URL. */
  @FunctionalInterface
  interface Texts {
    /** The text, octets. */
    String at(String url) throws IOException;
  }

  /**
   * @param texts how forges are asked
   */
  Forges(Texts texts) {
    this.texts = texts;
  }

  /**
   * The input at a commit, in place of its branch or of what the forge calls {@code HEAD}.
   *
   * @throws IOException if the forge does not say
   */
  Input located(Input in) throws IOException {
    Input found = in.rev().isPresent() ? in : in.with("rev", commit(in));
    return found.without("ref");
  }

  private String commit(Input in) throws IOException {
    String ref = in.ref().orElse("HEAD");
    String commit =
        switch (in.type()) {
          case "github" -> ofGithub(in, ref);
          case "gitlab" -> ofGitlab(in, ref);
          default -> ofSourcehut(in, ref);
        };
    if (!COMMIT.matcher(commit).matches()) {
      throw new IOException("'" + commit + "' of '" + in.toUrl() + "' is not a commit hash");
    }
    return commit;
  }

  private String ofGithub(Input in, String ref) throws IOException {
    String host = host(in);
    String api = host.equals("github.com") ? "api." + host : host + "/api/v3";
    String url = "https://" + api + "/repos/" + repository(in, "/") + "/commits/" + ref;
    return json(url).path("sha").asString("");
  }

  private String ofGitlab(Input in, String ref) throws IOException {
    JsonNode commits = json(projects(in) + "/repository/commits?ref_name=" + ref);
    if (commits.isArray() && commits.isEmpty()) {
      throw new IOException("No commits returned by GitLab API -- does the git ref really exist?");
    }
    if (!commits.path(0).path("id").isString()) {
      throw new IOException("Unexpected response received from GitLab: " + commits);
    }
    return commits.path(0).path("id").asString();
  }

  private String ofSourcehut(Input in, String ref) throws IOException {
    String base = "https://" + host(in) + "/" + repository(in, "/");
    String name = Pattern.quote(ref);
    if (ref.equals("HEAD")) {
      String line = texts.at(base + "/HEAD").lines().findFirst().orElse("");
      Matcher head = LINE.matcher(line);
      if (!head.matches()) {
        throw new InputException(
            "in '" + in.toUrl() + "', couldn't resolve HEAD ref '" + ref + "'");
      }
      name = Pattern.quote(head.group(1));
    } else {
      name = "refs/(heads|tags)/" + name;
    }
    Pattern wanted = Pattern.compile(name);
    for (String line : texts.at(base + "/info/refs").lines().toList()) {
      Matcher m = LINE.matcher(line);
      if (m.matches() && m.group(2) != null && wanted.matcher(m.group(2)).matches()) {
        return m.group(1);
      }
    }
    throw new InputException("in '" + in.toUrl() + "', couldn't find ref '" + ref + "'");
  }

  private JsonNode json(String url) throws IOException {
    try {
      return JsonMapper.shared().readTree(Octets.bytes(texts.at(url)));
    } catch (JacksonException e) {
      throw new IOException("what '" + url + "' gave is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String host(Input in) {
    Optional<String> named = in.text("host");
    return named.orElse(
        switch (in.type()) {
          case "github" -> "github.com";
          case "gitlab" -> "gitlab.com";
          default -> "git.sr.ht";
        });
  }

  private static String repository(Input in, String separator) {
    return in.required("owner") + separator + in.required("repo");
  }

  private static String projects(Input in) {
    return "https://" + host(in) + "/api/v4/projects/" + repository(in, "%2F");
  }

  /**
   * The URL of the archive of the input's commit.
   *
   * @throws IOException if it has none
   */
  static String archive(Input in) throws IOException {
    String rev = in.rev().orElseThrow(() -> new IOException("'" + in.toUrl() + "' has no commit"));
    String host = host(in);
    return switch (in.type()) {
      case "github" ->
          host.equals("github.com")
              ? "https://" + host + "/" + repository(in, "/") + "/archive/" + rev + ".tar.gz"
              : "https://" + host + "/api/v3/repos/" + repository(in, "/") + "/tarball/" + rev;
      case "gitlab" -> projects(in) + "/repository/archive.tar.gz?sha=" + rev;
      default -> "https://" + host + "/" + repository(in, "/") + "/archive/" + rev + ".tar.gz";
    };
  }
}
