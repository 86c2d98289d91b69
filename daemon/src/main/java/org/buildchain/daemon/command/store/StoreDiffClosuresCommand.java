package org.buildchain.daemon.command.store;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

/** Compares closures. Source: Nix 2.26 manual, {@code nix store diff-closures}. */
@Command(
    name = "diff-closures",
    description =
        "Shows which packages came, went, and changed their versions between two closures.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store diff-closures ./result-1 ./result",
      "  bc store diff-closures -f . old new"
    })
final class StoreDiffClosuresCommand extends BcCommand {
  /** Less is not worth a line, in bytes. */
  private static final long SMALL = 8 * 1024;

  private static final BigDecimal KIB = BigDecimal.valueOf(1024);

  /** What may be the name of an output behind that of a package. */
  private static final Pattern OUTPUT =
      Pattern.compile("(.*)-([a-z]+|lib32|lib64)", Pattern.DOTALL);

  private static final Pattern VERSION = Pattern.compile("-(?=[^a-zA-Z])");

  private static final String NONE = Octets.fromText("∅");
  private static final String UNVERSIONED = Octets.fromText("ε");
  private static final String ARROW = Octets.fromText(" → ");

  @Mixin private PathOptions paths;

  @Mixin private SettingOptions settings;

  /** The NARs' sizes by name and version. */
  private static final class Packages {
    private final SortedMap<String, SortedMap<String, Long>> sizes = new TreeMap<>();

    Packages(DiskStore store, StorePath top) {
      for (StorePath path : store.closure(List.of(top))) {
        Matcher output = OUTPUT.matcher(path.name());
        String full = output.matches() ? output.group(1) : path.name();
        Matcher version = VERSION.matcher(full);
        boolean versioned = version.find();
        sizes
            .computeIfAbsent(
                versioned ? full.substring(0, version.start()) : full, n -> new TreeMap<>())
            .merge(
                versioned ? full.substring(version.end()) : "",
                store.query(path).map(PathInfo::narSize).orElse(0L),
                Long::sum);
      }
    }

    SortedMap<String, Long> of(String name) {
      return sizes.getOrDefault(name, new TreeMap<>());
    }
  }

  @Override
  public Integer call() throws Exception {
    List<PathOptions> given = paths.each();
    if (given.size() != 2) {
      throw new CommandException("name two objects, the older one first");
    }
    DiskStore store = context.services().store();
    Packages before = new Packages(store, one(given.getFirst()));
    Packages after = new Packages(store, one(given.getLast()));
    SortedSet<String> names = new TreeSet<>(before.sizes.keySet());
    names.addAll(after.sizes.keySet());
    for (String name : names) {
      compare(name, before.of(name), after.of(name));
    }
    return 0;
  }

  private StorePath one(PathOptions given) throws Exception {
    List<StorePath> found = given.built(context, settings);
    if (found.size() != 1) {
      throw new CommandException(
          "argument '" + given.first() + "' should evaluate to one store path");
    }
    return found.getFirst();
  }

  private void compare(String name, SortedMap<String, Long> before, SortedMap<String, Long> after) {
    SortedSet<String> removed = new TreeSet<>(before.keySet());
    removed.removeAll(after.keySet());
    SortedSet<String> added = new TreeSet<>(after.keySet());
    added.removeAll(before.keySet());
    long more = sum(after) - sum(before);
    List<String> items = new ArrayList<>();
    if (!removed.isEmpty() || !added.isEmpty()) {
      items.add(versions(removed) + ARROW + versions(added));
    }
    if (Math.abs(more) >= SMALL) {
      items.add(size(more));
    }
    if (!items.isEmpty()) {
      context.messages().println(name + ": " + String.join(", ", items));
    }
  }

  private static long sum(SortedMap<String, Long> sizes) {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String versions(Collection<String> all) {
    SortedSet<String> shown = new TreeSet<>();
    all.forEach(v -> shown.add(v.isEmpty() ? UNVERSIONED : v));
    return shown.isEmpty() ? NONE : String.join(", ", shown);
  }

  private String size(long more) {
    BigDecimal kib = new BigDecimal(more).divide(KIB).setScale(1, RoundingMode.HALF_EVEN);
    String text = (more > 0 ? "+" : "") + kib + " KiB";
    if (!context.messages().colours()) {
      return text;
    }
    return (more > 0 ? "\033[31;1m" : "\033[32;1m") + text + "\033[0m";
  }
}
