package org.buildchain.daemon.host.download;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
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
public final class Forges {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}");

  /** A line of {@code git ls-remote}: what stands there, and its name. */
  private static final Pattern LINE = Pattern.compile("(?:ref: *)?([^\\s]+)(?:\\t+(.*))?");

  private final Texts texts;
  private final AccessTokens tokens;

  /** Reads what stands at a URL. */
  @FunctionalInterface
  public interface Texts {
    /** The text, octets. */
    String at(String url, Optional<Credential> credential) throws IOException;
  }

  /**
   * Where an archive is.
   *
   * @param credential what the server is shown
   */
  public record Archive(String url, Optional<Credential> credential) {}

  /**
   * @param texts how forges are asked
   * @param tokens of the caller
   */
  public Forges(Texts texts, AccessTokens tokens) {
    this.texts = texts;
    this.tokens = tokens;
  }

  /**
   * The input at a commit, in place of its branch or of what the forge calls {@code HEAD}.
   *
   * @throws IOException if the forge does not say
   */
  public Input located(Input in) throws IOException {
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
    return json(in, url).path("sha").asString("");
  }

  private String ofGitlab(Input in, String ref) throws IOException {
    JsonNode commits = json(in, projects(in) + "/repository/commits?ref_name=" + ref);
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
      String line = text(in, base + "/HEAD").lines().findFirst().orElse("");
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
    for (String line : text(in, base + "/info/refs").lines().toList()) {
      Matcher m = LINE.matcher(line);
      if (m.matches() && m.group(2) != null && wanted.matcher(m.group(2)).matches()) {
        return m.group(1);
      }
    }
    throw new InputException("in '" + in.toUrl() + "', couldn't find ref '" + ref + "'");
  }

  private String text(Input in, String url) throws IOException {
    return texts.at(url, credential(in));
  }

  /** What the server is shown that tells of the input. */
  private Optional<Credential> credential(Input in) {
    String host = host(in);
    String server = in.type().equals("github") && host.equals("github.com") ? "api." + host : host;
    try {
      return tokens.of(in.type(), host, new URI("https://" + server));
    } catch (URISyntaxException e) {
      // Then its URLs are none either.
      return Optional.empty();
    }
  }

  private JsonNode json(Input in, String url) throws IOException {
    try {
      return JsonMapper.shared().readTree(Octets.bytes(text(in, url)));
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
   * The archive of the input's commit. GitHub has one that takes tokens, which it counts requests
   * of, and one for everybody.
   *
   * @throws IOException if it has none
   */
  public Archive archive(Input in) throws IOException {
    String rev = in.rev().orElseThrow(() -> new IOException("'" + in.toUrl() + "' has no commit"));
    String host = host(in);
    Optional<Credential> shown = credential(in);
    String plain = "https://" + host + "/" + repository(in, "/") + "/archive/" + rev + ".tar.gz";
    String url =
        switch (in.type()) {
          case "github" -> {
            String rest = "/repos/" + repository(in, "/") + "/tarball/" + rev;
            if (!host.equals("github.com")) {
              yield "https://" + host + "/api/v3" + rest;
            }
            yield shown.isPresent() ? "https://api." + host + rest : plain;
          }
          case "gitlab" -> projects(in) + "/repository/archive.tar.gz?sha=" + rev;
          default -> plain;
        };
    return new Archive(url, shown);
  }
}
