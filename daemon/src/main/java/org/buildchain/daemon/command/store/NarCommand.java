package org.buildchain.daemon.command.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.nar.NarTree;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.tree.DiskTree;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands on archives. Source: Nix 2.26 manual, {@code nix nar}. */
@Command(
    name = "nar",
    description = "Makes NARs, and looks into them.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc nar pack ./src > src.nar",
      "  bc nar ls -lR src.nar /",
      "  bc nar cat src.nar /README"
    })
public final class NarCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  public static CommandLine line() {
    return new CommandLine(new NarCommand())
        .addSubcommand("pack", new Pack(false))
        .addSubcommand("dump-path", new Pack(true))
        .addSubcommand("ls", new Ls())
        .addSubcommand("cat", new Cat());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  /** Where a NAR goes. */
  static NarWriter.Sink sink(CommandContext context) {
    return (data, offset, length) -> {
      try {
        context.caller().out().write(data, offset, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static InputStream file(CommandContext context, String given) throws IOException {
    String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
    return new BufferedInputStream(Files.newInputStream(Path.of(Octets.toText(path))));
  }

  /** The names on the way to a path in an archive. */
  private static Deque<String> names(String path) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return names;
  }

  /** What stands at a path in an archive. */
  private static Listed find(CommandContext context, String archive, String path)
      throws IOException {
    try (InputStream in = file(context, archive)) {
      Listed node = Listed.inNar(new NarTree(archive, in).root());
      for (String name : names(path)) {
        if (!(node instanceof Listed.Folder folder) || folder.entries().get(name) == null) {
          throw new CommandException("path '" + path + "' does not exist in '" + archive + "'");
        }
        node = folder.entries().get(name);
      }
      return node;
    }
  }

  /** Makes one. */
  @Command(
      description = "Writes a file or folder to standard output as a NAR.",
      footerHeading = "%nExample:%n",
      footer = "  bc nar pack ./src > src.nar")
  static final class Pack extends BcCommand {
    private final boolean oldName;

    @Parameters(paramLabel = "PATH", description = "A file or folder.")
    private String path;

    Pack(boolean oldName) {
      this.oldName = oldName;
    }

    @Override
    public Integer call() throws IOException {
      if (oldName) {
        context.messages().warning("'bc nar dump-path' is a deprecated alias for 'bc nar pack'");
      }
      String absolute = CanonicalPath.absolute(path, context.caller().invocation().cwd());
      Nar.write(DiskTree.of(absolute), sink(context));
      return 0;
    }
  }

  /** Lists what is in one. */
  @Command(
      name = "ls",
      description = "Lists a folder or file in a NAR.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc nar ls -l src.nar /bin         with kinds and sizes",
        "  bc nar ls --json -R src.nar /     all, with the places of the files"
      })
  static final class Ls extends BcCommand {
    @Parameters(index = "0", paramLabel = "NAR", description = "A file with an archive.")
    private String archive;

    @Parameters(index = "1", paramLabel = "PATH", description = "What is listed of it.")
    private String path;

    @Mixin private ListOptions options;

    @Override
    public Integer call() throws IOException {
      Deque<String> names = names(path);
      String name = names.isEmpty() ? "" : names.getLast();
      context.messages().print(options.text(find(context, archive, path), name));
      return 0;
    }
  }

  /** Prints a file of one. */
  @Command(
      name = "cat",
      description = "Prints a file in a NAR.",
      footerHeading = "%nExample:%n",
      footer = "  bc nar cat src.nar /README")
  static final class Cat extends BcCommand {
    @Parameters(index = "0", paramLabel = "NAR", description = "A file with an archive.")
    private String archive;

    @Parameters(index = "1", paramLabel = "PATH", description = "A file in it.")
    private String path;

    @Override
    public Integer call() throws IOException {
      if (!(find(context, archive, path) instanceof Listed.File found)) {
        throw new CommandException("path '" + path + "' is not a regular file");
      }
      try (InputStream in = file(context, archive)) {
        in.skipNBytes(found.offset().orElseThrow());
        byte[] buffer = new byte[1 << 16];
        for (long left = found.size(); left > 0; ) {
          int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (n < 0) {
            throw new IOException("'" + archive + "' ends early");
          }
          context.caller().out().write(buffer, 0, n);
          left -= n;
        }
      }
      return 0;
    }
  }
}
