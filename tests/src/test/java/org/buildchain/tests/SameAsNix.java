package org.buildchain.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Builds a set of derivations by one of the two, and collects what can be compared. */
final class SameAsNix {
  /** A set of derivations to strings that can be shown without building. */
  private static final String DESCRIBE =
      """
      builtins.mapAttrs (name: d: {
        drv = builtins.unsafeDiscardStringContext d.drvPath;
        outputs = d.outputs or [ "out" ];
      }) (%s)
      """;

  /** All outputs of a set of derivations. */
  private static final String ALL_OUTPUTS =
      """
      builtins.concatMap (d: map (o: d.${o}) (d.outputs or [ "out" ])) (builtins.attrValues (%s))
      """;

  private SameAsNix() {}

  /**
   * One derivation, built.
   *
   * @param outputs by name
   */
  record Built(String drvPath, SortedMap<String, Output> outputs) {}

  /** One output. */
  record Output(String path, PathFacts facts) {}

  /** Builds by Nix the set of derivations that {@code expression} gives in {@code folder}. */
  static SortedMap<String, Built> byNix(Path folder, String expression) {
    String json =
        Nix.run(
                folder,
                "nix-instantiate",
                "--eval",
                "--strict",
                "--json",
                "--read-write-mode",
                "-E",
                DESCRIBE.formatted(expression))
            .orFail();
    SortedMap<String, String> drvPaths = new TreeMap<>();
    List<String> wanted = new ArrayList<>();
    Map<String, List<String>> outputs = new TreeMap<>();
    for (var entry : new ObjectMapper().readTree(json).properties()) {
      String drv = entry.getValue().get("drv").stringValue();
      drvPaths.put(entry.getKey(), drv);
      for (JsonNode output : entry.getValue().get("outputs")) {
        wanted.add(drv + "!" + output.stringValue());
        outputs.computeIfAbsent(drv, d -> new ArrayList<>()).add(output.stringValue());
      }
    }
    List<String> paths = Nix.realise(folder, wanted);
    if (paths.size() != wanted.size()) {
      throw new AssertionError(wanted.size() + " outputs wanted, Nix gave " + paths.size());
    }
    Map<String, PathFacts> facts = Nix.query(folder, paths);
    Map<String, String> pathOf = new TreeMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      pathOf.put(wanted.get(i), paths.get(i));
    }
    SortedMap<String, Built> built = new TreeMap<>();
    drvPaths.forEach(
        (name, drv) -> {
          SortedMap<String, Output> all = new TreeMap<>();
          for (String output : outputs.get(drv)) {
            String path = pathOf.get(drv + "!" + output);
            all.put(output, new Output(path, facts.get(path)));
          }
          built.put(name, new Built(drv, all));
        });
    return built;
  }

  /** The same by bc. */
  static SortedMap<String, Built> byBc(Bc bc, Path folder, String expression) {
    String json =
        bc.run(folder, "eval", "--json", "--expr", DESCRIBE.formatted(expression)).orFail();
    Map<String, Map<String, String>> outputs = bc.build(folder, ALL_OUTPUTS.formatted(expression));
    Map<String, PathFacts> facts =
        bc.query(outputs.values().stream().flatMap(o -> o.values().stream()).distinct().toList());
    SortedMap<String, Built> built = new TreeMap<>();
    for (var entry : new ObjectMapper().readTree(json).properties()) {
      String drv = entry.getValue().get("drv").stringValue();
      SortedMap<String, Output> all = new TreeMap<>();
      outputs
          .getOrDefault(drv, Map.of())
          .forEach((name, path) -> all.put(name, new Output(path, facts.get(path))));
      built.put(entry.getKey(), new Built(drv, all));
    }
    return built;
  }
}
