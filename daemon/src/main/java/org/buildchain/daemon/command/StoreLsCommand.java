package org.buildchain.daemon.command;

import java.io.IOException;
import java.util.List;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Lists what is in a store object. */
@Command(
    name = "ls",
    description = "Lists a folder or file in the store.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc store ls -l ./result/bin      with kinds and sizes",
      "  bc store ls -R ./result          all that is below",
      "  bc store ls -R --json ./result   as 'nix store ls --json'"
    })
final class StoreLsCommand extends BcCommand {
  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A store path or something in one, ./result for example.")
  private List<String> paths;

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

  @Override
  public Integer call() throws Exception {
    StoreArguments arguments = new StoreArguments(context);
    StringBuilder out = new StringBuilder();
    for (String path : paths) {
      FileTree node = arguments.open(arguments.resolve(path), path);
      if (json) {
        ObjectNode object = new ObjectMapper().createObjectNode();
        describe(object, node, true);
        out.append(Octets.fromText(object.toString())).append('\n');
      } else if (node instanceof FileTree.Directory folder && !itself) {
        list(out, folder, ".");
      } else {
        line(out, node, ".");
      }
    }
    context.messages().print(out.toString());
    return 0;
  }

  private void list(StringBuilder out, FileTree.Directory folder, String at) throws IOException {
    for (FileTree.Entry entry : folder.entries()) {
      String name = at + "/" + entry.name();
      line(out, entry.node(), recursive || details ? name : entry.name());
      if (recursive && entry.node() instanceof FileTree.Directory below) {
        list(out, below, name);
      }
    }
  }

  private void line(StringBuilder out, FileTree node, String name) throws IOException {
    if (!details) {
      out.append(name).append('\n');
      return;
    }
    switch (node) {
      case FileTree.Regular file ->
          row(out, file.executable() ? "-r-xr-xr-x" : "-r--r--r--", file.size(), name);
      case FileTree.Directory folder -> row(out, "dr-xr-xr-x", 0, name);
      case FileTree.Symlink link -> row(out, "lrwxrwxrwx", 0, name + " -> " + link.target());
    }
  }

  private static void row(StringBuilder out, String kind, long size, String name) {
    String number = Long.toString(size);
    out.append(kind).append(' ').append(" ".repeat(Math.max(0, 20 - number.length())));
    out.append(number).append(' ').append(name).append('\n');
  }

  private void describe(ObjectNode to, FileTree node, boolean open) throws IOException {
    switch (node) {
      case FileTree.Regular file -> {
        to.put("type", "regular").put("size", file.size());
        if (file.executable()) {
          to.put("executable", true);
        }
      }
      case FileTree.Symlink link ->
          to.put("type", "symlink").put("target", Octets.toText(link.target()));
      case FileTree.Directory folder -> {
        to.put("type", "directory");
        if (open) {
          ObjectNode entries = to.putObject("entries");
          for (FileTree.Entry entry : folder.entries()) {
            describe(entries.putObject(Octets.toText(entry.name())), entry.node(), recursive);
          }
        }
      }
    }
  }
}
