package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code git}: a commit of a repository, or what its working folder holds. */
final class GitScheme extends Scheme {
  private static final Set<String> SCHEMES =
      Set.of("git", "git+http", "git+https", "git+ssh", "git+file");
  private static final Set<String> TEXTS =
      Set.of("rev", "ref", "keytype", "publicKey", "publicKeys");
  private static final Set<String> FLAGS =
      Set.of("shallow", "submodules", "exportIgnore", "allRefs", "verifyCommit");
  private static final Pattern SCP = Pattern.compile("([^/]*)@(.*):(.*)");
  private static final Pattern BAD_REF =
      Pattern.compile(
          "//|^[./]|/\\.|\\.\\.|[\\x00-\\x20\\x7f:?^~\\[]|\\\\|\\*|\\.lock$|\\.lock/|@\\{|[/.]$|^@$|^$");

  GitScheme() {
    super(
        "git",
        "url",
        "ref",
        "rev",
        "shallow",
        "submodules",
        "exportIgnore",
        "lastModified",
        "revCount",
        "narHash",
        "allRefs",
        "name",
        "dirtyRev",
        "dirtyShortRev",
        "verifyCommit",
        "keytype",
        "publicKey",
        "publicKeys");
  }

  @Override
  Input checked(Input in) {
    in.flag("verifyCommit");
    in.ref()
        .filter(r -> BAD_REF.matcher(r).find())
        .ifPresent(
            r -> {
              throw new InputException("invalid Git branch/tag name '" + r + "'");
            });
    String url = fixed(in.required("url"));
    ParsedUrl.parse(url);
    in.flag("shallow");
    in.flag("submodules");
    in.flag("allRefs");
    return in.with("url", url);
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    if (!SCHEMES.contains(url.scheme())) {
      return Optional.empty();
    }
    return Optional.of(ofTransport(url, TEXTS, FLAGS));
  }

  @Override
  ParsedUrl toUrl(Input in) {
    ParsedUrl url = ParsedUrl.parse(in.required("url"));
    if (!url.scheme().equals("git")) {
      url = url.withScheme("git+" + url.scheme());
    }
    Map<String, String> query = new TreeMap<>(url.query());
    in.rev().ifPresent(r -> query.put("rev", r));
    in.ref().ifPresent(r -> query.put("ref", r));
    for (String flag : new String[] {"shallow", "submodules", "exportIgnore"}) {
      if (in.flag(flag)) {
        query.put(flag, "1");
      }
    }
    Verification.print(in, query);
    return url.withQuery(query);
  }

  @Override
  Input overridden(Input in, Optional<String> ref, Optional<String> rev) {
    Input out = at(in, ref, rev);
    if (out.ref().isEmpty() && out.rev().isPresent()) {
      throw new InputException(
          "Git input '" + out.toUrl() + "' has a commit hash but no branch/tag name");
    }
    return out;
  }

  @Override
  boolean isLocked(Input in) {
    return in.rev().isPresent();
  }

  /** {@code user@host:path} and plain paths as URLs. */
  private static String fixed(String url) {
    Matcher scp = SCP.matcher(url);
    if (!url.startsWith("/") && scp.matches()) {
      return "ssh://" + scp.group(1) + "@" + scp.group(2) + "/" + scp.group(3);
    }
    if (url.startsWith("file:") || url.contains("://")) {
      return url;
    }
    return new ParsedUrl("file", Optional.of(""), url, Map.of(), "").toString();
  }
}
