package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nix-store --query}. Source: Nix manual, "nix-store --query"; {@code nix-store.cc}. */
@Command(
    name = "nix-store --query",
    description = "Says what is known of store paths.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-store -qR ./result             the closure",
      "  nix-store -q --references ./result",
      "  nix-store -q --outputs \"$(nix-instantiate -A hello)\""
    })
final class StoreQuery extends StoreOperation {
  /** What is asked. */
  static final class Kind {
    @Option(names = "--outputs", description = "The outputs of derivations (the default).")
    boolean outputs;

    @Option(
        names = {"-R", "--requisites"},
        description = "The closures.")
    boolean requisites;

    @Option(names = "--references", description = "What they refer to.")
    boolean references;

    @Option(
        names = {"--referrers", "--referers"},
        description = "What refers to them.")
    boolean referrers;

    @Option(
        names = {"--referrers-closure", "--referers-closure"},
        description = "All that leads to them.")
    boolean referrersClosure;

    @Option(
        names = {"-d", "--deriver"},
        description = "The derivations that made them.")
    boolean deriver;

    @Option(names = "--valid-derivers", description = "All derivations that would make them.")
    boolean validDerivers;

    @Option(
        names = {"-b", "--binding"},
        description = "A variable of the derivations: its name is the first argument.")
    boolean binding;

    @Option(names = "--hash", description = "The digests of their NARs.")
    boolean hash;

    @Option(names = "--size", description = "The sizes of their NARs in bytes.")
    boolean size;

    @Option(names = "--tree", description = "The closures as trees.")
    boolean tree;

    @Option(names = "--graph", description = "The closures for Graphviz.")
    boolean graph;

    @Option(names = "--roots", description = "What keeps them alive.")
    boolean roots;

    @Option(names = "--resolve", description = "Where links lead to.")
    boolean resolve;
  }

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Kind kind = new Kind();

  @Option(
      names = {"-u", "--use-output"},
      description = "Of derivations, ask about the outputs.")
  private boolean useOutput;

  @Option(
      names = {"-f", "--force-realise", "--force-realize"},
      description = "Build derivations first.")
  private boolean force;

  @Option(names = "--include-outputs", description = "With -R: the outputs of derivations too.")
  private boolean includeOutputs;

  @Override
  protected int run() throws IOException, InterruptedException {
    List<String> given = arguments();
    if (kind.binding) {
      binding(given);
    } else if (kind.tree) {
      PathTree tree = new PathTree(store(), context.messages());
      for (String g : given) {
        tree.print(object(g));
      }
    } else if (kind.graph) {
      context.messages().print(new PathGraph(store()).text(all(given, useOutput)));
    } else if (kind.requisites || kind.references || kind.referrers || kind.referrersClosure) {
      ReferenceOrder.of(store(), related(all(given, useOutput))).forEach(p -> println(print(p)));
    } else if (kind.validDerivers) {
      SortedSet<StorePath> derivers = new TreeSet<>();
      for (String g : given) {
        derivers.addAll(validDerivers(object(g)));
      }
      ReferenceOrder.of(store(), derivers).forEach(p -> println(print(p)));
    } else if (kind.roots) {
      SortedSet<StorePath> above = above(all(given, useOutput));
      new TreeMap<>(context.services().roots().links())
          .forEach(
              (link, path) -> {
                if (above.contains(path)) {
                  println(Octets.fromText(link + " -> ") + print(path));
                }
              });
    } else {
      for (String g : given) {
        each(g);
      }
    }
    return 0;
  }

  private void each(String given) throws IOException, InterruptedException {
    if (kind.deriver) {
      println(info(object(given)).deriver().map(this::print).orElse("unknown-deriver"));
    } else if (kind.resolve) {
      println(print(object(given)));
    } else {
      boolean facts = kind.hash || kind.size;
      for (StorePath path : chosen(given, useOutput || !facts)) {
        println(
            kind.hash
                ? info(path).narHash().prefixed(Hash.Format.NIX32)
                : kind.size ? Long.toString(info(path).narSize()) : print(path));
      }
    }
  }

  private SortedSet<StorePath> all(List<String> given, boolean outputs)
      throws IOException, InterruptedException {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String g : given) {
      paths.addAll(chosen(g, outputs));
    }
    return paths;
  }

  /** The object that an argument leads to, or its outputs where those are meant. */
  private SortedSet<StorePath> chosen(String given, boolean outputs)
      throws IOException, InterruptedException {
    StorePath path = object(given);
    if (!path.isDerivation()) {
      return new TreeSet<>(List.of(path));
    }
    if (force) {
      var built = realise(List.of(new DerivedPath.Built(path, Collections.emptySortedSet())));
      if (outputs) {
        return new TreeSet<>(built.get(path).values());
      }
    }
    return outputs ? outputs(path) : new TreeSet<>(List.of(path));
  }

  private SortedSet<StorePath> related(SortedSet<StorePath> roots) {
    if (kind.requisites) {
      return closure(roots, this::needs);
    }
    if (kind.referrersClosure) {
      return above(roots);
    }
    SortedSet<StorePath> found = new TreeSet<>();
    for (StorePath path : roots) {
      found.addAll(kind.references ? info(path).references() : store().referrers(path));
    }
    return found;
  }

  /** These and all that leads to them. */
  private SortedSet<StorePath> above(SortedSet<StorePath> roots) {
    return closure(roots, store()::referrers);
  }

  private static SortedSet<StorePath> closure(
      SortedSet<StorePath> roots, Function<StorePath, Collection<StorePath>> next) {
    SortedSet<StorePath> found = new TreeSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(roots);
    for (StorePath path; (path = todo.poll()) != null; ) {
      if (found.add(path)) {
        todo.addAll(next.apply(path));
      }
    }
    return found;
  }

  private List<StorePath> needs(StorePath path) {
    List<StorePath> needs = new ArrayList<>(info(path).references());
    if (includeOutputs && path.isDerivation()) {
      Derivation drv = derivation(path);
      drv.outputs()
          .forEach(
              (name, o) ->
                  o.path(store().dir(), drv.name(), name)
                      .filter(store()::isValid)
                      .ifPresent(needs::add));
    }
    return needs;
  }

  private SortedSet<StorePath> validDerivers(StorePath output) {
    SortedSet<StorePath> derivers = new TreeSet<>();
    for (StorePath path : store().allPaths()) {
      // An output is called as its derivation is, perhaps with the output's name behind it.
      if (path.isDerivation()) {
        String name = Derivation.nameOf(path);
        boolean candidate = output.name().equals(name) || output.name().startsWith(name + "-");
        Derivation drv = candidate ? derivation(path) : null;
        if (drv != null
            && drv.outputs().entrySet().stream()
                .anyMatch(
                    o ->
                        o.getValue()
                            .path(store().dir(), drv.name(), o.getKey())
                            .filter(output::equals)
                            .isPresent())) {
          derivers.add(path);
        }
      }
    }
    return derivers;
  }

  private void binding(List<String> given) throws IOException {
    if (given.isEmpty()) {
      throw usage("expected binding name");
    }
    String name = given.getFirst();
    for (String g : given.subList(1, given.size())) {
      StorePath drvPath = deriver(object(g));
      String value = derivation(drvPath).env().get(name);
      if (value == null) {
        throw new CommandException(
            "derivation '" + print(drvPath) + "' has no environment binding named '" + name + "'");
      }
      println(value);
    }
  }
}
