package org.buildchain.language.builtins;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.ParsedUrl;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;

/** Downloads while evaluating. */
final class FetchBuiltins {
  private FetchBuiltins() {}

  static void register(Registry r) {
    r.one("fetchurl", (ev, v) -> fetch(ev, v, "fetchurl", false, ""));
    r.globalOne("fetchTarball", (ev, v) -> fetch(ev, v, "fetchTarball", true, "source"));
  }

  private static Value fetch(
      Evaluator ev, Value argument, String who, boolean unpack, String defaultName) {
    Value v = ev.force(argument);
    String url = null;
    Optional<Hash> expected = Optional.empty();
    String name = defaultName;
    boolean named = false;
    boolean set = v instanceof Attrs;
    if (v instanceof Attrs a) {
      for (int i = 0; i < a.size(); i++) {
        Value x = a.value(i);
        Pos at = a.pos(i);
        switch (a.name(i).name()) {
          case "url" -> url = ev.stringNoContext(x, at, "while evaluating the url we should fetch");
          case "sha256" ->
              expected =
                  Optional.of(
                      Hashes.allowEmpty(
                          ev,
                          ev.stringNoContext(
                              x, at, "while evaluating the sha256 of the content we should fetch"),
                          Optional.of(HashAlgorithm.SHA256)));
          case "name" -> {
            named = true;
            name =
                ev.stringNoContext(
                    x, at, "while evaluating the name of the content we should fetch");
          }
          default ->
              throw EvalException.other(
                  "unsupported argument '" + a.name(i) + "' to '" + who + "'");
        }
      }
      if (url == null) {
        throw EvalException.other("'url' argument required");
      }
    } else {
      url = Args.plain(ev, v, "while evaluating the url we should fetch");
    }
    if (unpack) {
      url = PathBuiltins.resolveUrl(url);
    }
    if (name.isEmpty()) {
      String trimmed = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
      name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }
    checkName(name, url, who, named, set);
    if (ev.settings().pure() && expected.isEmpty()) {
      throw EvalException.other(
          "in pure evaluation mode, '" + who + "' requires a 'sha256' argument");
    }
    return get(ev, url, name, unpack, expected);
  }

  private static void checkName(String name, String url, String who, boolean named, boolean set) {
    Optional<String> fault = StorePath.nameFault(name);
    if (fault.isPresent()) {
      String advice =
          named
              ? "Please change the value for the 'name' attribute passed to '"
                  + who
                  + "', so that it can create a valid store path."
              : set
                  ? "Please add a valid 'name' attribute to the argument for '"
                      + who
                      + "', so that it can create a valid store path."
                  : "Please pass an attribute set with 'url' and 'name' attributes to '"
                      + who
                      + "',  so that it can create a valid store path.";
      throw EvalException.other(
          "invalid store path name when fetching URL '"
              + url
              + "': "
              + fault.get()
              + ". "
              + advice);
    }
  }

  private static Value get(
      Evaluator ev, String url, String name, boolean unpack, Optional<Hash> expected) {
    if (expected.isPresent()) {
      StorePath known =
          ev.host()
              .storeDir()
              .makeContentAddressed(
                  name,
                  new ContentAddress(
                      unpack ? IngestionMethod.NAR : IngestionMethod.FLAT, expected.get()),
                  Set.of(),
                  false);
      if (ev.host().isValid(known)) {
        return SourceBuiltins.stored(ev, known);
      }
    }
    try {
      if (unpack) {
        ParsedUrl.parse(url);
      }
      return SourceBuiltins.stored(ev, ev.host().fetch(url, name, unpack, expected));
    } catch (BuildException e) {
      throw EvalException.other(e.getMessage()).exitStatus(e.exitStatus());
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    } catch (IOException | FormatException e) {
      EvalException failed = EvalException.other(e.getMessage());
      throw unpack ? failed.trace(Pos.NONE, "while fetching the input '" + url + "'") : failed;
    }
  }
}
