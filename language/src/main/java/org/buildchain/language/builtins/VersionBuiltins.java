package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;

/** Package names and versions. Source: {@code src/libstore/names.cc}. */
final class VersionBuiltins {
  private VersionBuiltins() {}

  static void register(Registry r) {
    r.one("parseDrvName", VersionBuiltins::parseDrvName);
    r.two("compareVersions", VersionBuiltins::compareVersions);
    r.one("splitVersion", VersionBuiltins::splitVersion);
  }

  /** The version begins after the first dash that no letter follows. */
  private static Value parseDrvName(Evaluator ev, Value v) {
    String s =
        Args.plain(ev, v, "while evaluating the first argument passed to builtins.parseDrvName");
    String name = s;
    String version = "";
    for (int i = 0; i + 1 < s.length(); i++) {
      char next = s.charAt(i + 1);
      boolean letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
      if (s.charAt(i) == '-' && !letter) {
        name = s.substring(0, i);
        version = s.substring(i + 1);
        break;
      }
    }
    return new Attrs.Builder(2)
        .put(ev.symbols().of("name"), new Str(name))
        .put(ev.symbols().of("version"), new Str(version))
        .build();
  }

  private static Value compareVersions(Evaluator ev, Value a, Value b) {
    return Value.Int.of(
        compare(
            Args.plain(
                ev, a, "while evaluating the first argument passed to builtins.compareVersions"),
            Args.plain(
                ev, b, "while evaluating the second argument passed to builtins.compareVersions")));
  }

  private static Value splitVersion(Evaluator ev, Value v) {
    List<Value> out = new ArrayList<>();
    for (String s :
        components(
            Args.plain(
                ev, v, "while evaluating the first argument passed to builtins.splitVersion"))) {
      out.add(new Str(s));
    }
    return Value.List.of(out);
  }

  static List<String> components(String v) {
    List<String> out = new ArrayList<>();
    int i = 0;
    while (true) {
      while (i < v.length() && (v.charAt(i) == '.' || v.charAt(i) == '-')) {
        i++;
      }
      if (i == v.length()) {
        return out;
      }
      int start = i;
      boolean digits = isDigit(v.charAt(i));
      while (i < v.length()
          && isDigit(v.charAt(i)) == digits
          && v.charAt(i) != '.'
          && v.charAt(i) != '-') {
        i++;
      }
      out.add(v.substring(start, i));
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** −1, 0 or 1 as {@code a} is older than, as old as or newer than {@code b}. */
  static int compare(String a, String b) {
    List<String> x = components(a);
    List<String> y = components(b);
    for (int i = 0; i < Math.max(x.size(), y.size()); i++) {
      String c = i < x.size() ? x.get(i) : "";
      String d = i < y.size() ? y.get(i) : "";
      if (less(c, d)) {
        return -1;
      }
      if (less(d, c)) {
        return 1;
      }
    }
    return 0;
  }

  private static boolean less(String a, String b) {
    int m = number(a);
    int n = number(b);
    if (m >= 0 && n >= 0) {
      return m < n;
    }
    if (a.isEmpty() && n >= 0) {
      return true;
    }
    if (a.equals("pre") && !b.equals("pre")) {
      return true;
    }
    if (b.equals("pre")) {
      return false;
    }
    // Letters are older than numbers: "2.3a" < "2.3.1".
    if (n >= 0) {
      return true;
    }
    return m < 0 && a.compareTo(b) < 0;
  }

  /** The number that a component is, or −1; what does not fit 32 bits is none, as in Nix. */
  private static int number(String s) {
    if (s.isEmpty() || !isDigit(s.charAt(0))) {
      return -1;
    }
    try {
      return Integer.parseInt(s);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
