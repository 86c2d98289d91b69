package org.buildchain.derivation.realise;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.attributes.Json;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * What a builder is given besides its inputs: variables, and files in its build folder. Source:
 * {@code initEnv}, {@code initTmpDir} and {@code writeStructuredAttrs} of Nix 2.26.
 *
 * @param env the whole environment
 * @param files names in the build folder and their content
 */
record BuildEnvironment(SortedMap<String, String> env, SortedMap<String, String> files) {
  /** The build folder as a builder sees it. */
  static final String BUILD_DIR = "/build";

  /**
   * @param rewrites puts the paths of the outputs in the place of their placeholders
   */
  static BuildEnvironment of(
      Derivation drv,
      Attributes attributes,
      Rewrites rewrites,
      ReferencesGraph graph,
      String storeDir,
      BuildSettings settings) {
    SortedMap<String, String> env = new TreeMap<>();
    SortedMap<String, String> files = new TreeMap<>();
    // Programs with a default of their own for these would reach for the host's files.
    env.put("PATH", "/path-not-set");
    env.put("HOME", "/homeless-shelter");
    env.put("NIX_STORE", storeDir);
    env.put("NIX_BUILD_CORES", Integer.toString(settings.cores()));
    if (attributes.structured().isEmpty()) {
      addVariables(drv, rewrites, env, files);
    }
    env.put("NIX_BUILD_TOP", BUILD_DIR);
    for (String name : List.of("TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD")) {
      env.put(name, BUILD_DIR);
    }
    Derivation.Kind kind = drv.kind();
    if (kind == Derivation.Kind.FIXED) {
      env.put("NIX_OUTPUT_CHECKED", "1");
    }
    if (kind == Derivation.Kind.FIXED || kind == Derivation.Kind.IMPURE) {
      for (String name : attributes.strings("impureEnvVars").orElse(List.of())) {
        env.put(name, settings.environment().getOrDefault(name, ""));
      }
    }
    env.put("NIX_LOG_FD", "2");
    env.put("TERM", "xterm-256color");
    if (attributes.structured().isPresent()) {
      addStructured(drv, attributes.structured().get(), rewrites, graph, env, files);
    } else {
      files.putAll(graph.files(drv.env().getOrDefault("exportReferencesGraph", "")));
    }
    SortedMap<String, String> rewritten = new TreeMap<>();
    env.forEach((k, v) -> rewritten.put(rewrites.apply(k), rewrites.apply(v)));
    return new BuildEnvironment(rewritten, files);
  }

  private static void addVariables(
      Derivation drv, Rewrites rewrites, Map<String, String> env, Map<String, String> files) {
    TreeSet<String> asFiles =
        new TreeSet<>(Attributes.words(drv.env().getOrDefault("passAsFile", "")));
    for (Map.Entry<String, String> variable : drv.env().entrySet()) {
      String name = variable.getKey();
      if (asFiles.contains(name)) {
        String file =
            ".attr-" + Hash.of(HashAlgorithm.SHA256, Octets.bytes(name)).encode(Hash.Format.NIX32);
        files.put(file, rewrites.apply(variable.getValue()));
        env.put(name + "Path", BUILD_DIR + "/" + file);
      } else {
        env.put(name, variable.getValue());
      }
    }
  }

  private static void addStructured(
      Derivation drv,
      Json.Obj attributes,
      Rewrites rewrites,
      ReferencesGraph graph,
      Map<String, String> env,
      Map<String, String> files) {
    StructuredFiles structured = StructuredFiles.of(drv, attributes, graph);
    files.put(StructuredFiles.SHELL_NAME, rewrites.apply(structured.shell()));
    files.put(StructuredFiles.JSON_NAME, rewrites.apply(structured.json()));
    env.put(StructuredFiles.SHELL_VARIABLE, BUILD_DIR + "/" + StructuredFiles.SHELL_NAME);
    env.put(StructuredFiles.JSON_VARIABLE, BUILD_DIR + "/" + StructuredFiles.JSON_NAME);
  }
}
