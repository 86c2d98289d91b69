package org.buildchain.daemon.command.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;

/**
 * A link to a store object with its earlier ones beside it: {@code NAME} leads to {@code
 * NAME-2-link}, which leads to the object and keeps it alive, and so does {@code NAME-1-link} with
 * what it led to before. Source: {@code createGeneration} in Nix's {@code profiles.cc}.
 */
public final class Generations {
  private static final int MAX_DIGITS = 18;

  private final CommandContext context;
  private final Path link;

  /**
   * @param name relative to the caller's folder
   */
  public Generations(CommandContext context, String name) {
    this.context = context;
    String cwd = context.caller().invocation().cwd();
    this.link = Path.of(Octets.toText(CanonicalPath.absolute(name, cwd)));
  }

  /** Has the link lead to an object, by a new generation unless the last one has it. */
  public void next(StorePath object) {
    try {
      long last = last().orElse(0);
      boolean same = last > 0 && leadsTo(generation(last), object);
      Path to = generation(same ? last : last + 1);
      context.services().pins().link(to, object);
      if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
        throw new CommandException("'" + link + "' is there and is no link");
      }
      Path fresh = link.resolveSibling("." + link.getFileName() + ".new-" + System.nanoTime());
      Files.createSymbolicLink(fresh, to.getFileName());
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandException("cannot make the link '" + link + "': " + IoErrors.reason(e));
    }
  }

  private static boolean leadsTo(Path generation, StorePath object) throws IOException {
    return Files.isSymbolicLink(generation)
        && Files.readSymbolicLink(generation).getFileName().toString().equals(object.toString());
  }

  private Path generation(long number) {
    return link.resolveSibling(link.getFileName() + "-" + number + "-link");
  }

  /** The number of the last one. */
  private OptionalLong last() throws IOException {
    Pattern form = Pattern.compile(Pattern.quote(link.getFileName() + "-") + "(\\d+)-link");
    try (Stream<Path> beside = Files.list(link.getParent())) {
      return beside
          .map(p -> form.matcher(p.getFileName().toString()))
          .filter(m -> m.matches() && m.group(1).length() <= MAX_DIGITS)
          .flatMapToLong(m -> LongStream.of(number(m)))
          .max();
    }
  }

  private static long number(Matcher m) {
    return Long.parseLong(m.group(1));
  }
}
