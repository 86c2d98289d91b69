package org.buildchain.language.builtins;

import java.util.Optional;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.host.HostReads;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/** Digests. */
final class HashBuiltins {
  private HashBuiltins() {}

  static void register(Registry r) {
    r.two("hashString", HashBuiltins::hashString);
    r.two("hashFile", HashBuiltins::hashFile);
    r.one("convertHash", HashBuiltins::convertHash);
  }

  private static HashAlgorithm algorithm(String name) {
    if (name.equals("blake3")) {
      throw EvalException.other(
          "experimental Nix feature 'blake3-hashes' is disabled; add"
              + " '--extra-experimental-features blake3-hashes' to enable it");
    }
    return HashAlgorithm.parse(name)
        .orElseThrow(
            () ->
                EvalException.other(
                    "unknown hash algorithm '"
                        + name
                        + "', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'"));
  }

  private static Value hashString(Evaluator ev, Value algorithm, Value string) {
    HashAlgorithm a =
        algorithm(
            Args.plain(
                ev,
                algorithm,
                "while evaluating the first argument passed to builtins.hashString"));
    Str s =
        Args.string(
            ev, string, "while evaluating the second argument passed to builtins.hashString");
    return new Str(Hash.of(a, Octets.bytes(s.value())).encode(Hash.Format.BASE16));
  }

  private static Value hashFile(Evaluator ev, Value algorithm, Value path) {
    HashAlgorithm a =
        algorithm(
            Args.plain(
                ev, algorithm, "while evaluating the first argument passed to builtins.hashFile"));
    String content = new HostReads(ev.host()).file(Realised.path(ev, path));
    return new Str(Hash.of(a, Octets.bytes(content)).encode(Hash.Format.BASE16));
  }

  private static Value convertHash(Evaluator ev, Value v) {
    Attrs a =
        Args.attrs(ev, v, "while evaluating the first argument passed to builtins.convertHash");
    String text =
        Args.plain(
            ev,
            Args.required(a, ev.symbols().of("hash"), "while locating the attribute 'hash'"),
            "while evaluating the attribute 'hash'");
    Value named = a.get(ev.symbols().of("hashAlgo"));
    Optional<HashAlgorithm> algorithm =
        named == null
            ? Optional.empty()
            : Optional.of(
                algorithm(Args.plain(ev, named, "while evaluating the attribute 'hashAlgo'")));
    String format =
        Args.plain(
            ev,
            Args.required(
                a, ev.symbols().of("toHashFormat"), "while locating the attribute 'toHashFormat'"),
            "while evaluating the attribute 'toHashFormat'");
    Hash.Format f =
        switch (format) {
          case "base16" -> Hash.Format.BASE16;
          case "nix32" -> Hash.Format.NIX32;
          case "base32" -> {
            ev.host()
                .message(
                    org.buildchain.language.EvalHost.Level.WARNING,
                    "\"base32\" is a deprecated alias for hash format \"nix32\".");
            yield Hash.Format.NIX32;
          }
          case "base64" -> Hash.Format.BASE64;
          case "sri" -> Hash.Format.SRI;
          default ->
              throw EvalException.other(
                  "unknown hash format '"
                      + format
                      + "', expect 'base16', 'base32', 'base64', or 'sri'");
        };
    try {
      return new Str(Hash.parse(text, algorithm).encode(f));
    } catch (FormatException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
