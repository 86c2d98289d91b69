package org.buildchain.language.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.buildchain.language.MemoryHost;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.host.EvalSettings;
import org.buildchain.language.print.PlainPrinter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One evaluator over a world that changes: it must answer as one that has seen nothing before. */
class IncrementalTest {
  private static final int FILES = 12;

  private final MemoryHost host = new MemoryHost();

  /** The value of /0.nix, all of it, or how it failed; and what was said to the user. */
  private String answer(Evaluator ev) throws InterruptedException {
    return answer(ev, () -> whole(ev));
  }

  private static String whole(Evaluator ev) {
    return whole(ev, "/0.nix");
  }

  private static String whole(Evaluator ev, String file) {
    Value v = ev.evalFile(file);
    ev.forceDeep(v);
    return PlainPrinter.show(v);
  }

  private String answer(Evaluator ev, Supplier<String> work) throws InterruptedException {
    AtomicReference<String> answer = new AtomicReference<>();
    host.messages().clear();
    Thread thread =
        new EvalThread(
            "test",
            () -> {
              ev.begin(host);
              try {
                answer.set(work.get());
              } catch (EvalException e) {
                answer.set("error: " + e.getMessage());
              }
            },
            1 << 26);
    thread.start();
    thread.join();
    return answer.get() + "\n" + String.join("\n", host.messages());
  }

  private Evaluator evaluator() {
    return Builtins.evaluator(host, EvalSettings.DEFAULT);
  }

  @Test
  void evaluatesOnlyWhatDependsOnAnEdit() throws InterruptedException {
    host.file(
        "/0.nix",
        """
        let
          common = import ./1.nix;
          use = file: builtins.toFile (import file).name "${common.text} ${(import file).text}";
        in { two = use ./2.nix; three = use ./3.nix; both = map use [ ./2.nix ./3.nix ]; }
        """);
    host.file("/1.nix", "{ text = builtins.readFile ./data; other = builtins.getEnv \"X\"; }");
    host.file("/2.nix", "{ name = \"two\"; text = \"2\"; }");
    host.file("/3.nix", "{ name = \"three\"; text = \"3\"; }");
    host.file("/data", "data");
    Evaluator ev = evaluator();
    answer(ev);
    assertEquals(List.of("three", "three", "two", "two"), sorted(host.texts()));

    host.texts().clear();
    answer(ev);
    assertEquals(List.of(), host.texts());

    host.file("/3.nix", "{ name = \"drei\"; text = \"3\"; }");
    answer(ev);
    assertEquals(List.of("drei", "drei"), host.texts());

    // Read, but not by what is asked for.
    host.texts().clear();
    host.set("X", "changed");
    answer(ev);
    assertEquals(List.of(), host.texts());

    // Written again with the same content.
    host.file("/data", "data");
    answer(ev);
    assertEquals(List.of(), host.texts());

    host.file("/data", "other");
    answer(ev);
    assertEquals(4, host.texts().size());
  }

  private static List<String> sorted(List<String> texts) {
    return texts.stream().sorted().toList();
  }

  @Test
  void saysAgainWhatAnEvaluationSays() throws InterruptedException {
    host.file("/0.nix", "let x = builtins.trace \"hello\" (import ./1.nix); in [ x x ]");
    host.file("/1.nix", "1");
    Evaluator ev = evaluator();
    String first = answer(ev);
    assertTrue(first.endsWith("TRACE hello"), first);
    assertEquals(first, answer(ev));
  }

  @Test
  void refusesToShowWhatEarlierEvaluationsComputed() throws InterruptedException {
    host.file("/0.nix", "let x = import ./1.nix; in builtins.trace x 0");
    host.file("/1.nix", "{ a = 1 + 1; }");
    Evaluator ev = evaluator();
    // As nix-instantiate --eval of Nix 2.26.3 has it.
    assertEquals("0\nTRACE { a = \u00c2\u00abthunk\u00c2\u00bb; }", answer(ev));
    host.file("/0.nix", "(import ./1.nix).a");
    assertEquals("2\n", answer(ev));
    host.file("/0.nix", "let x = import ./1.nix; in builtins.trace x 0");
    assertTrue(answer(ev).startsWith("error: "));
  }

  @Test
  void givesNoAnswerAgainThatSaidVeryMuch() throws InterruptedException {
    host.file(
        "/0.nix",
        """
        let text = builtins.concatStringsSep "" (builtins.genList (_: "0123456789abcdef") 4096);
        in builtins.foldl' (a: n: builtins.trace text (a + n)) 0 (builtins.genList (n: n) 17)
        """);
    Evaluator ev = evaluator();
    AtomicInteger evaluations = new AtomicInteger();
    Supplier<String> work =
        () ->
            ev.rememberWhole(
                "all",
                () -> {
                  evaluations.incrementAndGet();
                  return whole(ev);
                });
    assertEquals(answer(ev, work), answer(ev, work));
    assertEquals(2, evaluations.get());
    assertEquals(Optional.empty(), ev.factsOf("all"));
  }

  @Test
  void keepsWhatAFileGaveForPlainArguments() throws InterruptedException {
    host.file("/0.nix", "(import ./1.nix { config = { a = [ 1 ]; }; }).b");
    host.file("/1.nix", "{ config }: { b = builtins.toFile \"text\" (builtins.toJSON config); }");
    Evaluator ev = evaluator();
    answer(ev);
    host.file("/0.nix", "(import ./1.nix { config = { a = [ 1 ]; }; }).b + \"/\"");
    answer(ev);
    assertEquals(List.of("text"), host.texts());
    host.file("/0.nix", "(import ./1.nix { config = { a = [ 2 ]; }; }).b");
    answer(ev);
    assertEquals(List.of("text", "text"), host.texts());
  }

  @Test
  void eachCallOfAFileGivesItsOwnFunctions() throws InterruptedException {
    host.file("/0.nix", "import ./1.nix { } == import ./1.nix { }");
    host.file("/1.nix", "{ }: { f = x: x; }");
    Evaluator ev = evaluator();
    // Nix 2.26.3 says so of two sets with functions in them that are not one.
    assertEquals("false", answer(ev).strip());
    host.file("/0.nix", "import ./1.nix { } == import ./1.nix { } || false");
    assertEquals("false", answer(ev).strip());
  }

  @Test
  void whatAPrintedValueReadCounts() throws InterruptedException {
    host.file("/0.nix", "{ a = builtins.readFile ./data; b = builtins.pathExists ./none; }");
    host.file("/data", "d");
    Evaluator ev = evaluator();
    Supplier<String> work =
        () ->
            ev.rememberWhole(
                "all",
                () -> new ValuePrinter(ev, ValuePrinter.Options.EVAL).print(ev.evalFile("/0.nix")));
    assertEquals("{ a = \"d\"; b = false; }\n", answer(ev, work));
    host.file("/data", "e");
    // Here b is known already.
    assertEquals("{ a = \"e\"; b = false; }\n", answer(ev, work));
    host.file("/none", "");
    assertEquals("{ a = \"e\"; b = true; }\n", answer(ev, work));
  }

  @Test
  void addsAgainWhatTheStoreHasLost() throws InterruptedException {
    host.file("/0.nix", "[ \"${./data}\" (builtins.toFile \"text\" \"${./data}\") ]");
    host.file("/data", "data");
    Evaluator ev = evaluator();
    answer(ev);
    host.clearStore();
    answer(ev);
    assertEquals(List.of("text", "text"), host.texts());
    assertEquals(2, host.added());
  }

  @Test
  void failuresAreTriedAgain() throws InterruptedException {
    host.file("/0.nix", "{ a = (builtins.tryEval (assert import ./1.nix; 1)).success; }");
    host.file("/1.nix", "false");
    Evaluator ev = evaluator();
    assertTrue(answer(ev).startsWith("{ a = false; }"));
    host.file("/1.nix", "true");
    assertTrue(answer(ev).startsWith("{ a = true; }"));
    host.remove("/1.nix");
    assertTrue(answer(ev).startsWith("error: "));
    host.file("/1.nix", "false");
    assertTrue(answer(ev).startsWith("{ a = false; }"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void answersAsAFreshOneAfterAnyEdits(long seed) throws InterruptedException {
    Random random = new Random(seed);
    writeFiles(random);
    Evaluator kept = evaluator();
    for (int round = 0; round < 150; round++) {
      String expected = answer(evaluator());
      assertEquals(expected, answer(kept), "seed " + seed + ", round " + round);
      for (int edits = random.nextInt(3); edits >= 0; edits--) {
        edit(random);
      }
    }
  }

  /** A whole command's answer, what it said included, is given again while nothing has changed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesWholeAnswersAgain(long seed) throws InterruptedException {
    Random random = new Random(seed);
    writeFiles(random);
    host.file(
        "/top.nix",
        "let i = import ./1.nix; in builtins.trace i.n [ (import ./0.nix) (builtins.trace i.c 0)"
            + " ]");
    Evaluator kept = evaluator();
    AtomicInteger evaluations = new AtomicInteger();
    int said = 0;
    int stood = 0;
    String last = "";
    for (int round = 0; round < 150; round++) {
      Evaluator fresh = evaluator();
      String expected = answer(fresh, () -> whole(fresh, "/top.nix"));
      if (Standing.of(kept, "all").filter(s -> s.holds(host)).isPresent()) {
        assertEquals(expected, last, "seed " + seed + ", round " + round);
        stood++;
      }
      int before = evaluations.get();
      String answer =
          answer(
              kept,
              () ->
                  kept.rememberWhole(
                      "all",
                      () -> {
                        evaluations.incrementAndGet();
                        return whole(kept, "/top.nix");
                      }));
      assertEquals(expected, answer, "seed " + seed + ", round " + round);
      last = answer;
      if (evaluations.get() == before && answer.contains("TRACE")) {
        said++;
      }
      // Before, while or after something changes, as nobody waits for it.
      Optional<Runnable> watching = random.nextBoolean() ? kept.watching("all") : Optional.empty();
      if (random.nextBoolean()) {
        watching.ifPresent(Runnable::run);
        watching = Optional.empty();
      }
      if (random.nextInt(3) > 0) {
        edit(random);
      }
      watching.ifPresent(Runnable::run);
    }
    assertTrue(said > 10, said + " answers that say something were given again");
    assertTrue(stood > 10, stood + " answers were known to stand");
  }

  @Test
  void looksAtWatchedFilesTogether() throws InterruptedException {
    host.file("/0.nix", "[ (import ./1.nix) (builtins.readFile ./data0) ]");
    host.file("/1.nix", "builtins.pathExists ./none");
    host.file("/data0", "d");
    Evaluator ev = evaluator();
    Supplier<String> work = () -> ev.rememberWhole("all", () -> whole(ev));
    assertEquals("[ false \"d\" ]\n", answer(ev, work));
    ev.watching("all").orElseThrow().run();
    assertEquals(Optional.empty(), ev.watching("all"));
    long before = host.asked();
    assertEquals("[ false \"d\" ]\n", answer(ev, work));
    assertEquals(before, host.asked());
    host.file("/none", "");
    assertEquals("[ true \"d\" ]\n", answer(ev, work));
    ev.watching("all").orElseThrow().run();
    host.file("/data0", "e");
    assertEquals("[ true \"e\" ]\n", answer(ev, work));
    // The same content again, with another stamp: looked at, and watched anew.
    ev.watching("all").orElseThrow().run();
    host.file("/data0", "e");
    assertEquals("[ true \"e\" ]\n", answer(ev, work));
    assertTrue(ev.watching("all").isPresent());
  }

  /** What one process has answered is taken over by the next one, which has evaluated nothing. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void takesOverAnswersOfAnotherProcess(long seed) throws InterruptedException {
    Random random = new Random(seed);
    writeFiles(random);
    Optional<List<List<String>>> facts = Optional.empty();
    String known = "";
    int taken = 0;
    for (int round = 0; round < 150; round++) {
      String expected = answer(evaluator());
      Evaluator next = evaluator();
      if (facts.isPresent()) {
        next.adopt("all", known, facts.get());
      }
      AtomicInteger evaluations = new AtomicInteger();
      String answer =
          answer(
              next,
              () ->
                  next.rememberWhole(
                      "all",
                      () -> {
                        evaluations.incrementAndGet();
                        return whole(next);
                      }));
      assertEquals(expected, answer, "seed " + seed + ", round " + round);
      taken += 1 - evaluations.get();
      facts = answer.startsWith("error: ") ? Optional.empty() : next.factsOf("all");
      known = answer.substring(0, answer.indexOf('\n'));
      if (random.nextInt(3) > 0) {
        edit(random);
      }
    }
    assertTrue(taken > 10, taken + " answers were taken over");
  }

  /** A failure is given again, with what was said before it, while it would be the same. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesFailuresAgain(long seed) throws InterruptedException {
    Random random = new Random(seed);
    writeFiles(random);
    host.file(
        "/top.nix",
        """
        let v = builtins.getEnv "V0"; i = import ./0.nix; in
        if v == "v0" then [ i (import ./data1) ] else if v == "v1" then "${./data2}" + i.n
        else builtins.trace i.n (throw "${toString i.c}${builtins.toFile "t" "${./data2}"}")
        """);
    Evaluator kept = evaluator();
    int given = 0;
    for (int round = 0; round < 300; round++) {
      Evaluator fresh = evaluator();
      AtomicReference<String> failure = new AtomicReference<>("");
      String expected = answer(fresh, () -> told(fresh, failure));
      String answer = answer(kept, () -> kept.<String>adopted("failure").orElse("none"));
      if (!answer.startsWith("none")) {
        assertEquals(expected, answer, "seed " + seed + ", round " + round);
        given++;
      }
      Optional<List<List<String>>> facts =
          failure.get().isEmpty() ? Optional.empty() : fresh.factsOfFailure();
      if (facts.isPresent()) {
        kept.adopt("failure", failure.get(), facts.get());
        assertEquals(expected, answer(kept, () -> kept.<String>adopted("failure").orElse("none")));
      }
      Optional<Runnable> watching =
          random.nextBoolean() ? kept.watching("failure") : Optional.empty();
      if (random.nextInt(3) > 0) {
        edit(random);
      }
      watching.ifPresent(Runnable::run);
    }
    assertTrue(given > 10, given + " failures were given again");
  }

  /**
   * All that a command's answer tells.
   *
   * @param failure gets that if it is a failure that may be kept
   */
  private static String told(Evaluator ev, AtomicReference<String> failure) {
    try {
      return ev.rememberWhole("all", () -> whole(ev, "/top.nix"));
    } catch (EvalException e) {
      String told = e.getMessage() + e.pos() + e.frames();
      if (e.isOfExpression()) {
        failure.set(told);
      }
      return told;
    }
  }

  /** What was not there may come, and what could not be read may be read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "import ./gone.nix",
        "throw (builtins.readFile ./gone)",
        "if (builtins.tryEval (builtins.readDir ./gone)).success then 1 else throw \"\"",
        "throw \"${./gone}\"",
        "builtins.path { path = ./.; filter = p: t: throw p; }",
        "let x = x; in x",
        "builtins.seq builtins.currentTime (throw \"now\")"
      })
  void keepsNoFailureOfTheWorld(String text) throws InterruptedException {
    host.file("/top.nix", text);
    Evaluator ev = evaluator();
    AtomicReference<String> failure = new AtomicReference<>("");
    answer(ev, () -> told(ev, failure));
    assertTrue(failure.get().isEmpty() || ev.factsOfFailure().isEmpty(), failure.get());
  }

  private void edit(Random random) {
    int i = random.nextInt(FILES);
    switch (random.nextInt(10)) {
      case 0 -> host.set("V" + random.nextInt(3), "v" + random.nextInt(3));
      case 1 -> host.file("/data" + random.nextInt(3), "d" + random.nextInt(3));
      case 2 -> host.remove("/data" + random.nextInt(3));
      case 4 -> host.clearStore();
      case 3 -> host.file("/f" + i + ".nix", function(i, random));
      default -> host.file("/" + i + ".nix", text(i, random));
    }
  }

  /** A file that is a function. */
  private static String function(int i, Random random) {
    return "{ x ? import ./%d.nix }: { r = [ (import ./%d.nix).n (x.n or x) ]; s = x.y or %d; }"
        .formatted(i, Math.min(FILES - 1, i + random.nextInt(3)), random.nextInt(9));
  }

  private void writeFiles(Random random) {
    for (int i = 0; i < FILES; i++) {
      host.file("/" + i + ".nix", text(i, random));
      host.file("/f" + i + ".nix", function(i, random));
    }
  }

  /** A file that imports later ones only. It is a set with the attributes a, b, c and f. */
  private static String text(int i, Random random) {
    StringBuilder out = new StringBuilder("let ");
    int imports = i == FILES - 1 ? 0 : random.nextInt(4);
    List<String> terms = new ArrayList<>(List.of("1", "2", "x: x"));
    for (int k = 0; k < imports; k++) {
      int j = i + 1 + random.nextInt(FILES - 1 - i);
      out.append("i").append(k).append(" = import ./").append(j).append(".nix; ");
      terms.add("i" + k + ".a");
      terms.add("(import ./f" + j + ".nix { }).r");
      terms.add("(import ./f" + j + ".nix { x = " + random.nextInt(3) + "; }).r");
      terms.add("(import ./f" + j + ".nix { x = { y = [ ./data0 n ]; }; }).s");
      terms.add("i" + k + ".b.c");
      terms.add("(i" + k + ".f { x = " + random.nextInt(5) + "; })");
      terms.add("(with i" + k + "; c)");
      terms.add("(if i" + k + ".n > 2 then i" + k + ".a else " + random.nextInt(9) + ")");
    }
    terms.remove("x: x");
    terms.add("(builtins.getEnv \"V" + random.nextInt(3) + "\")");
    terms.add("(builtins.pathExists ./data" + random.nextInt(3) + ")");
    int data = random.nextInt(3);
    terms.add(
        "(if builtins.pathExists ./data"
            + data
            + " then builtins.readFile ./data"
            + data
            + " else \"none\")");
    terms.add("(if builtins.pathExists ./data" + data + " then \"${./data" + data + "}\" else 0)");
    terms.add("\"${builtins.toFile \"t\" (builtins.getEnv \"V1\")}\"");
    terms.add("(builtins.tryEval (assert builtins.getEnv \"V0\" == \"v1\"; 3)).value");
    if (random.nextInt(6) == 0) {
      terms.add("(builtins.trace \"file " + i + "\" " + random.nextInt(3) + ")");
    }
    if (random.nextInt(40) == 0) {
      terms.add("(throw \"file " + i + "\")");
    }
    out.append("t = [ ");
    for (int k = random.nextInt(4); k >= 0; k--) {
      out.append(terms.get(random.nextInt(terms.size()))).append(' ');
    }
    out.append("]; in rec { n = ").append(random.nextInt(5)).append("; a = ");
    out.append(terms.get(random.nextInt(terms.size())));
    out.append("; b = { c = [ a n ] ++ t; }; c = builtins.length b.c + n; f = { x }: [ x a ");
    out.append(terms.get(random.nextInt(terms.size()))).append(" ]; }");
    return out.toString();
  }
}
