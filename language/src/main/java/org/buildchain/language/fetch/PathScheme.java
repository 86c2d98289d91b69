package org.buildchain.language.fetch;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code path}: a folder or file of this machine. */
final class PathScheme extends Scheme {
  PathScheme() {
    super("path", "path", "rev", "revCount", "lastModified", "narHash");
  }

  @Override
  Input checked(Input in) {
    in.required("path");
    return in;
  }

  @Override
  Optional<Input> fromUrl(ParsedUrl url, boolean tree) {
    if (!url.scheme().equals("path")) {
      return Optional.empty();
    }
    if (url.authority().isPresent() && !url.authority().get().isEmpty()) {
      throw new InputException(
          "path URL '" + url + "' should not have an authority ('" + url.authority().get() + "')");
    }
    Map<String, Object> a = new TreeMap<>();
    a.put("type", "path");
    a.put("path", url.path());
    url.query()
        .forEach(
            (name, value) -> {
              switch (name) {
                case "rev", "narHash" -> a.put(name, value);
                case "revCount", "lastModified" ->
                    a.put(
                        name,
                        number(value)
                            .orElseThrow(
                                () ->
                                    new InputException(
                                        "path URL '"
                                            + url
                                            + "' has invalid parameter '"
                                            + name
                                            + "'")));
                default ->
                    throw new InputException(
                        "path URL '" + url + "' has unsupported parameter '" + name + "'");
              }
            });
    return Optional.of(new Input(a));
  }

  @Override
  ParsedUrl toUrl(Input in) {
    Map<String, String> query = new TreeMap<>();
    in.attributes()
        .forEach(
            (name, v) -> {
              if (!name.equals("path") && !name.equals("type") && !name.equals("__final")) {
                query.put(name, v instanceof Boolean b ? b ? "1" : "0" : v.toString());
              }
            });
    return new ParsedUrl("path", Optional.empty(), in.required("path"), query, "");
  }
}
