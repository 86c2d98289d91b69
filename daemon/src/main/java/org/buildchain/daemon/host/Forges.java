package org.buildchain.daemon.host;

import java.io.IOException;
import org.buildchain.language.fetch.Input;

/** Where forges keep the archives of commits. Source: their documentation of the API. */
final class Forges {
  private Forges() {}

  /**
   * The URL of the archive of the input's commit.
   *
   * @throws IOException if the input names no commit: branches are not looked up
   */
  static String archive(Input in) throws IOException {
    String rev =
        in.rev()
            .orElseThrow(
                () ->
                    new IOException(
                        "input '"
                            + in.toUrl()
                            + "' names no commit, and branches of forges are not looked up: add a"
                            + " commit ('rev'), or use 'git+https:'"));
    String owner = in.required("owner");
    String repo = in.required("repo");
    return switch (in.type()) {
      case "github" -> {
        String host = in.text("host").orElse("github.com");
        yield host.equals("github.com")
            ? "https://github.com/" + owner + "/" + repo + "/archive/" + rev + ".tar.gz"
            : "https://" + host + "/api/v3/repos/" + owner + "/" + repo + "/tarball/" + rev;
      }
      case "gitlab" ->
          "https://"
              + in.text("host").orElse("gitlab.com")
              + "/api/v4/projects/"
              + owner
              + "%2F"
              + repo
              + "/repository/archive.tar.gz?sha="
              + rev;
      case "sourcehut" ->
          "https://"
              + in.text("host").orElse("git.sr.ht")
              + "/"
              + owner
              + "/"
              + repo
              + "/archive/"
              + rev
              + ".tar.gz";
      default -> throw new IOException("'" + in.type() + "' is no forge");
    };
  }
}
