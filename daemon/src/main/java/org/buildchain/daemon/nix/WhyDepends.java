package org.buildchain.daemon.nix;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ways from an object to one in its closure. Source: Nix 2.26 manual, {@code nix why-depends}. */
@Command(
    name = "why-depends",
    description = "Shows by which references one object has another in its closure.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc why-depends ./result /nix/store/...-glibc-2.40   the shortest way",
      "  bc why-depends --all nixpkgs#vim nixpkgs#glibc      every way",
      "  bc why-depends --derivation -f . app lib            what it is built from"
    })
final class WhyDepends extends BcCommand {
  private static final String BRANCH = Octets.fromText("├───");
  private static final String LAST = Octets.fromText("└───");
  private static final String LINE = Octets.fromText("│   ");
  private static final String NOTHING = "    ";

  @Mixin private PathOptions paths;

  @Mixin private SettingOptions settings;

  @Option(
      names = {"-a", "--all"},
      description = "Show all ways, not one of the shortest.")
  private boolean all;

  @Option(names = "--derivation", description = "Between the derivations, not their outputs.")
  private boolean derivation;

  private final Map<StorePath, Integer> distances = new HashMap<>();
  private final Set<StorePath> shown = new HashSet<>();

  @Override
  public Integer call() throws Exception {
    List<PathOptions> given = paths.each();
    if (given.size() != 2) {
      throw new CommandException("name an object, and one in its closure");
    }
    PathOptions user = given.getFirst();
    StorePath top =
        one(user, derivation ? user.derivations(context, settings) : user.built(context, settings));
    PathOptions used = given.getLast();
    StorePath wanted =
        one(
            used,
            derivation ? used.derivations(context, settings) : used.objects(context, settings));
    DiskStore store = context.services().store();
    SortedSet<StorePath> closure = new TreeSet<>(store.closure(List.of(top)));
    if (!closure.contains(wanted)) {
      context.messages().note("'" + user.first() + "' does not depend on '" + used.first() + "'");
      return 0;
    }
    measure(store, closure, wanted);
    context.messages().println(store.dir().print(top));
    show(store, top, wanted, top.equals(wanted), "");
    return 0;
  }

  private static StorePath one(PathOptions given, List<StorePath> found) {
    if (found.size() != 1) {
      throw new CommandException(
          "argument '" + given.first() + "' should evaluate to one store path");
    }
    return found.getFirst();
  }

  private static Set<StorePath> references(DiskStore store, StorePath path) {
    return store.query(path).map(PathInfo::references).map(Set::copyOf).orElse(Set.of());
  }

  /** How many references each object is away from the one that is looked for. */
  private void measure(DiskStore store, SortedSet<StorePath> closure, StorePath wanted) {
    Map<StorePath, List<StorePath>> users = new HashMap<>();
    for (StorePath path : closure) {
      references(store, path)
          .forEach(r -> users.computeIfAbsent(r, u -> new ArrayList<>()).add(path));
    }
    Deque<StorePath> todo = new ArrayDeque<>(List.of(wanted));
    distances.put(wanted, 0);
    for (StorePath path; (path = todo.poll()) != null; ) {
      for (StorePath user : users.getOrDefault(path, List.of())) {
        if (distances.putIfAbsent(user, distances.get(path) + 1) == null) {
          todo.add(user);
        }
      }
    }
  }

  /** Shows the ways below an object; false when one is shown and no more are asked for. */
  private boolean show(
      DiskStore store, StorePath path, StorePath wanted, boolean circle, String indent) {
    if (path.equals(wanted) && !all && !circle) {
      return false;
    }
    if (!shown.add(path)) {
      return true;
    }
    List<StorePath> ways =
        references(store, path).stream()
            .filter(r -> distances.containsKey(r) && (circle || !r.equals(path)))
            .sorted(
                Comparator.<StorePath, Integer>comparing(distances::get)
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    for (StorePath way : ways) {
      boolean last = !all || way.equals(ways.getLast());
      context.messages().println(indent + (last ? LAST : BRANCH) + store.dir().print(way));
      if (!show(store, way, wanted, circle, indent + (last ? NOTHING : LINE))) {
        return false;
      }
    }
    return true;
  }
}
