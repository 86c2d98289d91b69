package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.ATerm;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.NewObject;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Builders see what they see under Nix 2.26.3: see {@code environment.nix}. */
class BuildEnvironmentTest {
  private static final StorePath DEP = StorePath.parse("z4asv3j07d89ywjf8fxkn7sg6mf5s9q5-dep");
  private static final StorePath LIB = StorePath.parse("zg7xv24gq4zvygf9csp0c29p3416px1d-lib");

  private final MemoryStore store = new MemoryStore();
  private SortedSet<StorePath> closure;

  @BeforeEach
  void addInputs() throws IOException {
    Set<StorePath> candidates = Set.of(DEP, LIB);
    add(DEP, "dep\n", candidates);
    add(LIB, "uses " + store.dir().print(DEP) + "\n", candidates);
    closure = store.closure(List.of(LIB));
  }

  private void add(StorePath path, String content, Set<StorePath> candidates) throws IOException {
    store.addObjects(
        List.of(
            new NewObject(
                path,
                MemoryStore.file(content),
                candidates,
                Optional.empty(),
                true,
                Optional.empty())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "pass", "graph", "structured", "fixed"})
  void isAsInNix(String name) throws IOException {
    String expected = resource(name + ".txt");

    BuildEnvironment got = environment(derivation(name));

    SortedMap<String, String> variables = new TreeMap<>();
    StringBuilder files = new StringBuilder();
    boolean inFiles = false;
    for (String line : expected.lines().toList()) {
      inFiles |= line.startsWith("== ");
      if (inFiles) {
        files.append(line).append('\n');
      } else if (line.contains("=")) {
        int equals = line.indexOf('=');
        String value = line.substring(equals + 2, line.length() - 1);
        variables.put(line.substring("export ".length(), equals), value);
      }
    }
    // What bash adds.
    variables.remove("SHLVL");
    SortedMap<String, String> env = new TreeMap<>(got.env());
    // The builder removed it, to be able to write its environment into a fixed output.
    if (name.equals("fixed")) {
      env.remove("out");
    }
    assertEquals(variables, env);
    assertEquals(files.toString(), dump(got.files()));
  }

  /** As the builder printed them, each ended by a newline. */
  private static String dump(Map<String, String> files) {
    StringBuilder out = new StringBuilder();
    files.forEach(
        (name, content) -> {
          out.append("== /build/").append(name).append('\n').append(content);
          if (!content.endsWith("\n")) {
            out.append('\n');
          }
        });
    return out.toString();
  }

  @Test
  void onlyInputsMayBeExported() {
    closure = new TreeSet<>(Set.of(DEP));
    for (String name : new String[] {"graph", "structured"}) {
      String message =
          assertThrows(BuildException.class, () -> environment(derivation(name))).getMessage();
      assertEquals(
          "cannot export references of path '/nix/store/"
              + LIB
              + "' because it is not in the input closure of the derivation",
          message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a /tmp/x", "../a /nix/store/" + "z4asv3j07d89ywjf8fxkn7sg6mf5s9q5-dep"})
  void wrongGraphsAreRefused(String attribute) {
    ReferencesGraph graph = new ReferencesGraph(store, new Derivations(store), closure);
    String message = assertThrows(BuildException.class, () -> graph.files(attribute)).getMessage();
    assertTrue(message.contains("exportReferencesGraph"), message);
  }

  private BuildEnvironment environment(Derivation drv) {
    SortedMap<String, String> rewrites = new TreeMap<>();
    drv.outputs()
        .forEach(
            (id, output) -> {
              StorePath path = output.path(StoreDir.DEFAULT, drv.name(), id).orElseThrow();
              rewrites.put(Placeholders.ofOutput(id), store.dir().print(path));
            });
    return BuildEnvironment.of(
        drv,
        new Attributes(drv, drv.name()),
        new Rewrites(rewrites),
        new ReferencesGraph(store, new Derivations(store), closure),
        "/nix/store",
        TestSettings.environment(new TreeMap<>(Map.of("BC_TEST_VARIABLE", "host", "X", "y"))));
  }

  private static Derivation derivation(String name) throws IOException {
    for (String line : resource("environment.drvs").lines().toList()) {
      int space = line.indexOf(' ');
      String drvName = Derivation.nameOf(StorePath.parse(line.substring(0, space)));
      if (drvName.equals(name + "-env")) {
        return ATerm.parse(line.substring(space + 1), drvName, StoreDir.DEFAULT);
      }
    }
    throw new AssertionError(name);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = BuildEnvironmentTest.class.getResourceAsStream(name)) {
      return Octets.of(in.readAllBytes());
    }
  }
}
