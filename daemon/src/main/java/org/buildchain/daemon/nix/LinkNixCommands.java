package org.buildchain.daemon.nix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes links under the names of Nix's programs that lead to the client. */
@Command(
    name = "link-nix-commands",
    description =
        "Makes links named nix-build, nix-store and so on in a folder. Whoever has that folder in"
            + " the PATH runs bc under these names.",
    footerHeading = "%nExample:%n",
    footer = {"  bc link-nix-commands ~/bc-bin && PATH=~/bc-bin:$PATH nix-build -A hello"})
final class LinkNixCommands extends BcCommand {
  private final Set<String> names;

  @Parameters(paramLabel = "DIR", description = "The folder; made if it is missing.")
  private String folder;

  LinkNixCommands(Set<String> names) {
    this.names = new TreeSet<>(names);
  }

  @Override
  public Integer call() throws IOException {
    Path client = Path.of(System.getProperty("bc.native", "native"), "bc").toAbsolutePath();
    String cwd = context.caller().invocation().cwd();
    Path in = Path.of(Octets.toText(CanonicalPath.absolute(folder, cwd)));
    Files.createDirectories(in);
    for (String name : names) {
      Path link = in.resolve(name);
      if (Files.isSymbolicLink(link)) {
        Files.delete(link);
      } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        throw new CommandException(
            "'" + Octets.fromText(link.toString()) + "' is there and is no link");
      }
      Files.createSymbolicLink(link, client);
      context.messages().println(Octets.fromText(link.toString()));
    }
    return 0;
  }
}
