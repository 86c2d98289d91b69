package org.buildchain.daemon.command.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.PathOptions;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says what is known of paths. */
@Command(
    name = "path-info",
    description = "Says what is known of store paths: sizes, references, who made them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store path-info -rS ./result     the closure, and how large that of each is",
      "  bc store path-info -rsH ./result    each one's own size, in words",
      "  bc store path-info -f . hello       an attribute's outputs, if built",
      "  bc store path-info --json ./result  all that is known"
    })
public final class PathInfoCommand extends BcCommand {
  /** Where sizes begin. */
  private static final int WIDTH = 76;

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private final boolean asNix;

  @Mixin private PathOptions paths;

  @Mixin private SettingOptions settings;

  @Option(names = "--derivation", description = "Of the derivations, not of their outputs.")
  private boolean derivation;

  @Option(
      names = {"-r", "--recursive"},
      description = "The whole closures.")
  private boolean recursive;

  @Option(names = "--all", description = "Every valid path.")
  private boolean all;

  @Option(
      names = {"-s", "--size"},
      description = "Show the size of the NAR.")
  private boolean size;

  @Option(
      names = {"-S", "--closure-size"},
      description = "Show the size of the closure's NARs together.")
  private boolean closureSize;

  @Option(
      names = {"-H", "--human-readable"},
      description = "Show sizes in KiB, MiB and so on.")
  private boolean human;

  @Option(names = "--sigs", description = "Show signatures, and what else vouches for its content.")
  private boolean signatures;

  @Option(names = "--cid", description = "Show the CID of the store object.")
  private boolean cid;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  /**
   * @param asNix whether it prints in the form of {@code nix path-info}
   */
  public PathInfoCommand(boolean asNix) {
    this.asNix = asNix;
  }

  @Override
  public Integer call() throws Exception {
    DiskStore store = context.services().store();
    Set<StorePath> roots = new LinkedHashSet<>();
    if (all) {
      roots.addAll(store.allPaths());
    } else if (paths.none()) {
      throw new CommandException("name a path, or give --all");
    }
    roots.addAll(
        derivation ? paths.derivations(context, settings) : paths.objects(context, settings));
    for (StorePath path : roots) {
      if (!store.isValid(path) && !(asNix && json)) {
        throw new CommandException("path '" + store.dir().print(path) + "' is not valid");
      }
    }
    Collection<StorePath> shown = recursive ? store.closure(roots) : roots;
    if (json && asNix) {
      context.messages().println(object(store, shown));
      return 0;
    }
    if (json) {
      ArrayNode array = new ObjectMapper().createArrayNode();
      for (StorePath path : shown) {
        store.query(path).ifPresent(i -> object(array.addObject(), store, i));
      }
      context.messages().println(array.toString());
      return 0;
    }
    int width =
        asNix ? shown.stream().mapToInt(p -> store.dir().print(p).length()).max().orElse(0) : WIDTH;
    StringBuilder out = new StringBuilder();
    for (StorePath path : shown) {
      store.query(path).ifPresent(i -> out.append(line(store, i, width)).append('\n'));
    }
    context.messages().print(out.toString());
    return 0;
  }

  private String object(DiskStore store, Collection<StorePath> shown) {
    ObjectNode all = new ObjectMapper().createObjectNode();
    for (StorePath path : new TreeSet<>(shown)) {
      ObjectNode one = all.putObject(store.dir().print(path));
      store
          .query(path)
          .ifPresentOrElse(
              i -> PathInfoJson.writeAsNix(one, store, i, closureSize),
              () -> all.putNull(store.dir().print(path)));
    }
    return all.toString();
  }

  private void object(ObjectNode to, DiskStore store, PathInfo info) {
    PathInfoJson.write(to, store, info);
    if (closureSize) {
      to.put("closureSize", PathInfoJson.closureSize(store, info.path()));
    }
  }

  private String line(DiskStore store, PathInfo info, int width) {
    StringBuilder line = new StringBuilder(store.dir().print(info.path()));
    if (size || closureSize || signatures || cid) {
      line.append(" ".repeat(Math.max(0, width - line.length())));
    }
    if (size) {
      line.append('\t').append(words(info.narSize()));
    }
    if (closureSize) {
      line.append('\t').append(words(PathInfoJson.closureSize(store, info.path())));
    }
    if (signatures) {
      line.append('\t').append(vouchers(info));
    }
    if (cid) {
      line.append('\t').append(info.object());
    }
    return line.toString();
  }

  private static String vouchers(PathInfo info) {
    List<String> all = new ArrayList<>();
    if (info.ultimate()) {
      all.add("ultimate");
    }
    info.contentAddress().ifPresent(ca -> all.add("ca:" + ca));
    all.addAll(info.signatures());
    return String.join(" ", all);
  }

  private String words(long bytes) {
    if (!human) {
      return asNix ? String.format(Locale.ROOT, "%11d", bytes) : Long.toString(bytes);
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " " + UNITS[0]
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
