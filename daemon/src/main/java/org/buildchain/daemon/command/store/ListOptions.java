package org.buildchain.daemon.command.store;

import java.util.Map;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a tree is listed. Source: Nix 2.26 manual, {@code nix store ls}, {@code nix nar ls}. */
final class ListOptions {
  @Option(
      names = {"-l", "--long"},
      description = "Show kinds, sizes and targets of links.")
  private boolean details;

  @Option(
      names = {"-R", "--recursive"},
      description = "All that is below.")
  private boolean recursive;

  @Option(
      names = {"-d", "--directory"},
      description = "The folder itself, not what is in it.")
  private boolean itself;

  @Option(names = "--json", description = "Print an object for each path.")
  private boolean json;

  /** As many levels as are shown below the root. */
  int levels() {
    return recursive ? Integer.MAX_VALUE : 1;
  }

  /**
   * The lines of a node, or its object.
   *
   * @param name its own, which a file is listed by
   * @throws CommandException if options contradict each other
   */
  String text(Listed node, String name) {
    if (json && itself) {
      throw new CommandException("'--directory' is useless with '--json'");
    }
    if (json) {
      ObjectNode object = new ObjectMapper().createObjectNode();
      node.write(object, recursive);
      return Octets.fromText(object.toString()) + "\n";
    }
    StringBuilder out = new StringBuilder();
    if (node instanceof Listed.Folder folder && !itself) {
      entries(out, folder, ".");
    } else {
      line(out, node, node instanceof Listed.Folder ? "." : name);
    }
    return out.toString();
  }

  private void entries(StringBuilder out, Listed.Folder folder, String at) {
    for (Map.Entry<String, Listed> entry : folder.entries().entrySet()) {
      line(out, entry.getValue(), at + "/" + entry.getKey());
    }
  }

  private void line(StringBuilder out, Listed node, String name) {
    if (details) {
      switch (node) {
        case Listed.File file ->
            row(out, file.executable() ? "-r-xr-xr-x" : "-r--r--r--", file.size(), name);
        case Listed.Folder _ -> row(out, "dr-xr-xr-x", 0, name);
        case Listed.Link link -> row(out, "lrwxrwxrwx", 0, name + " -> " + link.target());
      }
    } else {
      out.append(name).append('\n');
    }
    if (recursive && node instanceof Listed.Folder folder) {
      entries(out, folder, name);
    }
  }

  private static void row(StringBuilder out, String kind, long size, String name) {
    String number = Long.toString(size);
    out.append(kind).append(' ').append(" ".repeat(Math.max(0, 20 - number.length())));
    out.append(number).append(' ').append(name).append('\n');
  }
}
