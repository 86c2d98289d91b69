package org.buildchain.daemon.command.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.evaluation.Found;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * Outputs to be built, in the order in which they were asked for.
 *
 * @param found the derivations, each with one output
 */
public record BuildRequest(List<Found> found) {
  /** The derivations in the order of their first mention, with all outputs asked for. */
  public Map<StorePath, SortedSet<String>> outputs() {
    Map<StorePath, SortedSet<String>> outputs = new LinkedHashMap<>();
    for (Found f : found) {
      outputs.computeIfAbsent(f.drvPath(), d -> new TreeSet<>()).add(f.output());
    }
    return Collections.unmodifiableMap(outputs);
  }

  /** The same as the realiser takes it. */
  public List<DerivedPath> wanted() {
    return outputs().entrySet().stream()
        .<DerivedPath>map(e -> new DerivedPath.Built(e.getKey(), e.getValue()))
        .toList();
  }

  /** The paths that were made, in the order asked for. */
  public List<StorePath> paths(SortedMap<StorePath, SortedMap<String, StorePath>> realised) {
    return found.stream().map(f -> realised.get(f.drvPath()).get(f.output())).toList();
  }

  /**
   * Leaves links to what was made, which keep it alive.
   *
   * @param name of the first; see {@link OutLinks}
   */
  public void link(
      CommandContext context,
      String name,
      SortedMap<StorePath, SortedMap<String, StorePath>> realised) {
    OutLinks links = new OutLinks(name);
    List<StorePath> paths = paths(realised);
    for (int i = 0; i < paths.size(); i++) {
      Found f = found.get(i);
      pin(context, links.name(f.drvPath(), f.output()), paths.get(i));
    }
  }

  /**
   * Leaves a link to a store object, which keeps that alive.
   *
   * @param name relative to the caller's folder
   * @return the link's path, absolute
   */
  public static String pin(CommandContext context, String name, StorePath object) {
    String link = CanonicalPath.absolute(name, context.caller().invocation().cwd());
    try {
      context.services().pins().link(Path.of(Octets.toText(link)), object);
    } catch (IOException e) {
      throw new CommandException("cannot make the link '" + link + "': " + IoErrors.reason(e));
    }
    return link;
  }
}
