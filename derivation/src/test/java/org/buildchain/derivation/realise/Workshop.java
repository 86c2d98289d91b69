package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.site.Archives;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildExit;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.derivation.site.Builder;
import org.buildchain.derivation.site.Hooks;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;

/** A realiser over a store in memory, with builders that are Java code. */
final class Workshop {
  /** What a builder does. */
  interface Script {
    int run(Run run) throws Exception;
  }

  /** One run of a builder, with what it may want to do. */
  record Run(BuildJob job, Builder.LogSink log) {
    void print(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      log.write(bytes, 0, bytes.length);
    }

    String env(String name) {
      return job.env().get(name);
    }

    /** Where the output whose path is in the variable {@code output} stands. */
    Path output(String output) {
      return job.outputDir().resolve(env(output).substring(job.storeDir().length() + 1));
    }

    void write(String output, String content) throws IOException {
      Files.writeString(output(output), content, StandardCharsets.ISO_8859_1);
    }
  }

  static final BuildSettings SETTINGS =
      new BuildSettings(
          4,
          3,
          false,
          false,
          false,
          BuildMode.NORMAL,
          "x86_64-linux",
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          List.of(),
          List.of(),
          BuildJob.Limits.NONE,
          10,
          List.of(),
          Hooks.NONE,
          OutputDiffer.NONE,
          Substituter.NONE,
          RemoteBuilders.NONE,
          Collections.emptySortedMap());

  final MemoryStore store = new MemoryStore();
  final Derivations derivations = new Derivations(store);
  final OutputPaths paths = new OutputPaths(store.dir(), derivations);
  final Map<String, Script> scripts = new ConcurrentHashMap<>();
  final List<BuildEvent> events = Collections.synchronizedList(new ArrayList<>());
  final List<String> downloads = Collections.synchronizedList(new ArrayList<>());
  final BuildLogs logs;
  final Path buildRoot;
  final Realiser realiser;

  Workshop(Path folder) {
    logs = new BuildLogs(folder.resolve("logs"));
    buildRoot = folder.resolve("builds");
    realiser =
        new Realiser(
            store,
            derivations,
            paths,
            new BuildSite(
                this::runBuilder,
                this::download,
                new NoArchives(),
                buildRoot,
                folder.resolve("checks"),
                folder.resolve("mount"),
                logs,
                8));
  }

  private void download(String url, Path target) throws IOException {
    downloads.add(url);
    if (url.startsWith("broken:")) {
      throw new IOException("unable to download '" + url + "'");
    }
    Files.writeString(target, "content of " + url);
  }

  private static final class NoArchives implements Archives {
    @Override
    public FileTree unpack(String what, FileTree.Regular archive, Path folder) throws IOException {
      try (InputStream in = archive.open()) {
        String[] names = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split(" ");
        SortedMap<String, FileTree> children = new TreeMap<>();
        for (String name : names) {
          children.put(name, new MemoryFile(new byte[0], false));
        }
        return new MemoryFolder(children);
      }
    }

    @Override
    public FileTree restore(String what, Path nar, boolean xz, Path folder) throws IOException {
      throw new IOException(what + " is no NAR");
    }
  }

  private BuildExit runBuilder(BuildJob job, Builder.LogSink log, Builder.Admission admission)
      throws InterruptedException {
    try (Builder.Admitted _ = admission.await()) {
      int status = script(job.env()).run(new Run(job, log));
      return status < 0 ? new BuildExit.Killed(-status) : new BuildExit.Exited(status);
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Script script(SortedMap<String, String> env) {
    return scripts.get(env.getOrDefault("script", env.getOrDefault("name", "")));
  }

  /** An unfinished derivation to be completed by the methods that follow. */
  final class Draft {
    private final String name;
    private final SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    private final SortedMap<StorePath, SortedSet<String>> inputs = new TreeMap<>();
    private final SortedSet<StorePath> sources = new TreeSet<>();
    private final List<String> args = new ArrayList<>();
    private final SortedMap<String, String> env = new TreeMap<>();
    private String builder = "/bin/sh";
    private String system = "x86_64-linux";

    Draft(String name) {
      this.name = name;
      outputs.put("out", new DerivationOutput.Deferred());
      env.put("script", name);
    }

    Draft output(String output, DerivationOutput kind) {
      outputs.put(output, kind);
      return this;
    }

    Draft floating(String... names) {
      outputs.clear();
      for (String output : names) {
        outputs.put(
            output, new DerivationOutput.Floating(IngestionMethod.NAR, HashAlgorithm.SHA256));
      }
      return this;
    }

    Draft env(String key, String value) {
      env.put(key, value);
      return this;
    }

    Draft arg(String arg) {
      args.add(arg);
      return this;
    }

    Draft builder(String path) {
      builder = path;
      return this;
    }

    Draft system(String platform) {
      system = platform;
      return this;
    }

    Draft source(StorePath path) {
      sources.add(path);
      return this;
    }

    /** Needs an output, whose path or placeholder goes into the variable {@code key}. */
    Draft needs(String key, StorePath drvPath, String output) {
      inputs.computeIfAbsent(drvPath, _ -> new TreeSet<>()).add(output);
      Derivation drv = derivations.apply(drvPath);
      env.put(
          key,
          drv.outputs()
              .get(output)
              .path(store.dir(), drv.name(), output)
              .map(store.dir()::print)
              .orElseGet(() -> Placeholders.ofUpstream(drvPath, output)));
      return this;
    }

    StorePath add(Script script) {
      scripts.put(env.get("script"), script);
      OutputPaths.Finished finished =
          paths.finish(new Derivation(name, outputs, inputs, sources, system, builder, args, env));
      try {
        store.addTexts(List.of(finished.text()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return finished.path();
    }
  }

  Draft draft(String name) {
    return new Draft(name);
  }

  SortedMap<StorePath, SortedMap<String, StorePath>> realise(StorePath... drvPaths)
      throws InterruptedException {
    return realise(SETTINGS, drvPaths);
  }

  SortedMap<StorePath, SortedMap<String, StorePath>> realise(
      BuildSettings settings, StorePath... drvPaths) throws InterruptedException {
    Collection<DerivedPath> wanted = new ArrayList<>();
    for (StorePath path : drvPaths) {
      wanted.add(new DerivedPath.Built(path, Collections.emptySortedSet()));
    }
    return realiser.realise(wanted, settings, events::add);
  }

  /** What would be built. */
  List<StorePath> plan(DerivedPath wanted) throws InterruptedException {
    return realiser.plan(List.of(wanted), Substituter.NONE, note -> {}).builds();
  }

  /** Realises one derivation, and gives its output {@code out}. */
  StorePath out(StorePath drvPath) throws InterruptedException {
    return realise(drvPath).get(drvPath).get("out");
  }

  String print(StorePath path) {
    return store.dir().print(path);
  }
}
