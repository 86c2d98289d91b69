package org.buildchain.daemon.command;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
      "  bc store path-info --json ./result  all that is known"
    })
final class PathInfoCommand extends BcCommand {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Store paths, links to them such as ./result, or CIDs.")
  private List<String> paths = List.of();

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

  @Option(names = "--human-readable", description = "Show sizes in KiB, MiB and so on.")
  private boolean humanLong;

  @Option(names = "-H", description = "The same.")
  private boolean human;

  @Option(names = "--cid", description = "Show the CID of the store object.")
  private boolean cid;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    DiskStore store = context.services().store();
    StoreArguments arguments = new StoreArguments(context);
    Set<StorePath> roots = new LinkedHashSet<>();
    for (String path : paths) {
      roots.add(arguments.resolve(path).object());
    }
    if (all) {
      roots.addAll(store.allPaths());
    } else if (paths.isEmpty()) {
      throw new CommandException("name a path, or give --all");
    }
    Collection<StorePath> shown = recursive ? store.closure(roots) : roots;
    if (json) {
      ArrayNode array = new ObjectMapper().createArrayNode();
      for (StorePath path : shown) {
        store.query(path).ifPresent(i -> object(array.addObject(), store, i));
      }
      context.messages().println(array.toString());
      return 0;
    }
    StringBuilder out = new StringBuilder();
    for (StorePath path : shown) {
      store.query(path).ifPresent(i -> out.append(line(store, i)).append('\n'));
    }
    context.messages().print(out.toString());
    return 0;
  }

  private void object(ObjectNode to, DiskStore store, PathInfo info) {
    PathInfoJson.write(to, store, info);
    if (closureSize) {
      to.put("closureSize", PathInfoJson.closureSize(store, info.path()));
    }
  }

  private String line(DiskStore store, PathInfo info) {
    StringBuilder line = new StringBuilder(store.dir().print(info.path()));
    if (size || closureSize || cid) {
      line.append(" ".repeat(Math.max(0, 76 - line.length())));
    }
    if (size) {
      line.append('\t').append(words(info.narSize()));
    }
    if (closureSize) {
      line.append('\t').append(words(PathInfoJson.closureSize(store, info.path())));
    }
    if (cid) {
      line.append('\t').append(info.object());
    }
    return line.toString();
  }

  private String words(long bytes) {
    if (!human && !humanLong) {
      return Long.toString(bytes);
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
