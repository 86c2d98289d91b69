package org.buildchain.derivation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** Reads one derivation's text. */
final class ATermReader {
  private static final String PLAIN = "Derive(";
  private static final String DYNAMIC = "DrvWithVersion(\"xp-dyn-drv\",";

  /** How deep outputs that are derivations may nest. */
  private static final int MAX_DYNAMIC = 64;

  private final String text;
  private final String name;
  private final StoreDir dir;
  private int at;

  ATermReader(String text, String name, StoreDir dir) {
    this.text = text;
    this.name = name;
    this.dir = dir;
  }

  Derivation read() {
    if (text.length() > ATerm.MAX_LENGTH) {
      throw wrong("is longer than " + ATerm.MAX_LENGTH + " bytes");
    }
    boolean dynamic = text.startsWith(DYNAMIC);
    if (!dynamic && text.startsWith("DrvWithVersion(")) {
      throw wrong("has a version other than 'xp-dyn-drv'");
    }
    if (!dynamic && !text.startsWith(PLAIN)) {
      throw wrong("does not start with 'Derive('");
    }
    at = dynamic ? DYNAMIC.length() : PLAIN.length();
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    list(() -> output(outputs));
    expect(',');
    SortedMap<StorePath, SortedSet<String>> inputDerivations = new TreeMap<>();
    SortedMap<StorePath, SortedMap<String, DynamicOutputs>> dynamicInputs = new TreeMap<>();
    list(() -> inputDerivation(inputDerivations, dynamicInputs, dynamic));
    expect(',');
    SortedSet<StorePath> inputSources = new TreeSet<>();
    list(() -> inputSources.add(path()));
    expect(',');
    String system = simple();
    expect(',');
    String builder = string();
    expect(',');
    List<String> args = new ArrayList<>();
    list(() -> args.add(string()));
    expect(',');
    SortedMap<String, String> env = new TreeMap<>();
    list(() -> variable(env));
    expect(')');
    if (at != text.length()) {
      throw wrong("expected the end of the text");
    }
    return new Derivation(
        name, outputs, inputDerivations, inputSources, system, builder, args, env, dynamicInputs);
  }

  private void output(SortedMap<String, DerivationOutput> outputs) {
    expect('(');
    int start = at;
    String id = simple();
    expect(',');
    int pathStart = at;
    String path = string();
    expect(',');
    String algorithm = string();
    expect(',');
    String hash = string();
    expect(')');
    try {
      StorePath.checkName(StoreDir.outputPathName(name, id));
    } catch (FormatException e) {
      throw new FormatException(what(), start, e.getMessage());
    }
    try {
      if (outputs.put(id, output(path, algorithm, hash)) != null) {
        throw new FormatException("output '" + id + "'", "is given twice");
      }
    } catch (FormatException e) {
      throw new FormatException(what(), pathStart, e.getMessage());
    }
  }

  private DerivationOutput output(String path, String prefixed, String hash) {
    if (prefixed.isEmpty()) {
      if (!hash.isEmpty()) {
        throw new FormatException("hash '" + hash + "'", "expected an algorithm before it");
      }
      return path.isEmpty()
          ? new DerivationOutput.Deferred()
          : new DerivationOutput.InputAddressed(dir.parse(path));
    }
    IngestionMethod method = IngestionMethod.FLAT;
    String algorithmName = prefixed;
    if (prefixed.startsWith("r:")) {
      method = IngestionMethod.NAR;
      algorithmName = prefixed.substring(2);
    } else if (prefixed.startsWith("text:")) {
      method = IngestionMethod.TEXT;
      algorithmName = prefixed.substring(5);
    } else if (prefixed.startsWith("git:")) {
      throw new FormatException(
          "output method '" + prefixed + "'", "is an experimental Nix feature, not supported");
    }
    HashAlgorithm algorithm =
        HashAlgorithm.parse(algorithmName)
            .orElseThrow(
                () -> new FormatException("output '" + prefixed + "'", "unknown hash algorithm"));
    if (hash.isEmpty() || hash.equals("impure")) {
      if (!path.isEmpty()) {
        throw new FormatException(
            "output path '" + path + "'",
            hash.isEmpty()
                ? "content-addressed derivation output should not specify output path"
                : "impure derivation output should not specify output path");
      }
      return hash.isEmpty()
          ? new DerivationOutput.Floating(method, algorithm)
          : new DerivationOutput.Impure(method, algorithm);
    }
    dir.parse(path);
    return new DerivationOutput.Fixed(
        new ContentAddress(method, Hash.parse(hash, Optional.of(algorithm))));
  }

  private void inputDerivation(
      SortedMap<StorePath, SortedSet<String>> inputs,
      SortedMap<StorePath, SortedMap<String, DynamicOutputs>> dynamicInputs,
      boolean dynamic) {
    expect('(');
    StorePath path = path();
    expect(',');
    DynamicOutputs needed = needed(dynamic ? MAX_DYNAMIC : 0);
    expect(')');
    if (!needed.outputs().isEmpty() || needed.dynamic().isEmpty()) {
      inputs.put(path, needed.outputs());
    }
    if (!needed.dynamic().isEmpty()) {
      dynamicInputs.put(path, needed.dynamic());
    }
  }

  /**
   * @param deeper how many levels of outputs that are derivations may stand here
   */
  private DynamicOutputs needed(int deeper) {
    boolean nested = deeper > 0 && peek() == '(';
    if (nested) {
      expect('(');
    }
    SortedSet<String> outputs = new TreeSet<>();
    list(() -> outputs.add(simple()));
    SortedMap<String, DynamicOutputs> dynamic = new TreeMap<>();
    if (nested) {
      expect(',');
      list(
          () -> {
            expect('(');
            String output = simple();
            expect(',');
            dynamic.put(output, needed(deeper - 1));
            expect(')');
          });
      expect(')');
    }
    return new DynamicOutputs(outputs, dynamic);
  }

  private void variable(SortedMap<String, String> env) {
    expect('(');
    String key = string();
    expect(',');
    env.put(key, string());
    expect(')');
  }

  private StorePath path() {
    int start = at;
    String s = string();
    try {
      return dir.parse(s);
    } catch (FormatException e) {
      throw new FormatException(what(), start, e.getMessage());
    }
  }

  private void list(Runnable element) {
    expect('[');
    if (peek() == ']') {
      at++;
      return;
    }
    while (true) {
      element.run();
      if (peek() == ']') {
        at++;
        return;
      }
      expect(',');
    }
  }

  /** A string that is printed as it is: what would have to be escaped can't stand in it. */
  private String simple() {
    int start = at;
    String s = string();
    for (int i = 0; i < s.length(); i++) {
      if ("\"\\\n\r\t".indexOf(s.charAt(i)) >= 0) {
        throw new FormatException(what(), start, "a name can't hold " + (int) s.charAt(i));
      }
    }
    return s;
  }

  private String string() {
    expect('"');
    int start = at;
    StringBuilder unescaped = null;
    while (true) {
      char c = next();
      if (c == '"') {
        String rest = text.substring(start, at - 1);
        return unescaped == null ? rest : unescaped.append(rest).toString();
      }
      if (c == '\\') {
        if (unescaped == null) {
          unescaped = new StringBuilder();
        }
        unescaped.append(text, start, at - 1);
        char escaped = next();
        unescaped.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> escaped;
            });
        start = at;
      }
    }
  }

  private char next() {
    if (at >= text.length()) {
      throw wrong("unterminated string in derivation");
    }
    return text.charAt(at++);
  }

  private int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("expected '" + c + "'");
    }
    at++;
  }

  private String what() {
    return "derivation '" + name + "'";
  }

  private FormatException wrong(String problem) {
    return new FormatException(what(), at, problem);
  }
}
