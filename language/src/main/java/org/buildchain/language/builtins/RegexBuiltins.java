package org.buildchain.language.builtins;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;

/** {@code match} and {@code split}. Compiled expressions are kept, up to a bound. */
final class RegexBuiltins {
  private static final int MAX_KEPT = 4096;
  private static final int LONG = 10_000;

  private final Map<String, Pattern> compiled = new ConcurrentHashMap<>();

  private RegexBuiltins() {}

  static void register(Registry r) {
    RegexBuiltins b = new RegexBuiltins();
    r.two("match", b::match);
    r.two("split", b::split);
  }

  private Pattern pattern(String posix) {
    Pattern p = compiled.get(posix);
    if (p == null) {
      p = PosixRegex.compile(posix);
      if (compiled.size() >= MAX_KEPT) {
        compiled.clear();
      }
      compiled.put(posix, p);
    }
    return p;
  }

  private Value match(Evaluator ev, Value regex, Value string) {
    Pattern p =
        pattern(
            Args.plain(ev, regex, "while evaluating the first argument passed to builtins.match"));
    String s =
        Args.string(ev, string, "while evaluating the second argument passed to builtins.match")
            .value();
    Matcher m = p.matcher(polled(s));
    return m.matches() ? groups(m) : Value.Null.NULL;
  }

  /** Where a match takes long it asks now and then whether the evaluation has to end. */
  private static CharSequence polled(String s) {
    return s.length() < LONG ? s : new Polled(s);
  }

  private record Polled(String text) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int i) {
      EvalThread.poll();
      return text.charAt(i);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return text.substring(from, to);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static Value groups(Matcher m) {
    Value[] out = new Value[m.groupCount()];
    for (int g = 1; g <= out.length; g++) {
      String part = m.group(g);
      out[g - 1] = part == null ? Value.Null.NULL : new Str(part);
    }
    return new Value.List(out);
  }

  private Value split(Evaluator ev, Value regex, Value string) {
    Pattern p =
        pattern(
            Args.plain(ev, regex, "while evaluating the first argument passed to builtins.split"));
    Str text =
        Args.string(ev, string, "while evaluating the second argument passed to builtins.split");
    String s = text.value();
    List<Value> out = new ArrayList<>();
    Matcher m = p.matcher(polled(s));
    int end = 0;
    while (m.find()) {
      EvalThread.poll();
      out.add(new Str(s.substring(end, m.start())));
      out.add(groups(m));
      end = m.end();
    }
    if (out.isEmpty()) {
      return new Value.List(new Value[] {text});
    }
    out.add(new Str(s.substring(end)));
    return Value.List.of(out);
  }
}
