package org.buildchain.daemon.chain.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.IoErrors;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import picocli.CommandLine.Option;

/** Where the password of a wallet comes from. */
final class PasswordOptions {
  private static final int MAX_PASSWORD = 4096;
  private static final int INTERRUPT = 3;
  private static final int END = 4;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 127;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Read the password from the first line of a file; else it is asked for.")
  private Optional<String> passwordFile = Optional.empty();

  /** The password, from the file or the terminal. */
  byte[] read(CommandContext context, String prompt) throws IOException {
    if (passwordFile.isPresent()) {
      String given = passwordFile.get();
      String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
      try (InputStream in = Files.newInputStream(Path.of(Octets.toText(path)))) {
        String text = Octets.of(in.readNBytes(MAX_PASSWORD));
        return Octets.bytes(text.lines().findFirst().orElse(""));
      } catch (IOException e) {
        throw new CommandException(
            "cannot read the password file '" + path + "': " + IoErrors.reason(e));
      }
    }
    if (!context.caller().invocation().stdinIsTerminal()) {
      throw new CommandException("a password is needed: '--password-file FILE' names one");
    }
    return typed(context, prompt);
  }

  /** Asks on the terminal, which shows nothing of what is typed. */
  private static byte[] typed(CommandContext context, String prompt) throws IOException {
    context.caller().err().write(Octets.bytes(prompt));
    context.caller().err().flush();
    context.caller().terminalKeys(true);
    try {
      ByteArrayOutputStream typed = new ByteArrayOutputStream();
      InputStream in = context.caller().in();
      while (true) {
        int key = in.read();
        switch (key) {
          case '\r', '\n' -> {
            return typed.toByteArray();
          }
          case -1, INTERRUPT, END -> throw new CommandException("interrupted by the user");
          case BACKSPACE, DELETE -> {
            byte[] before = typed.toByteArray();
            typed.reset();
            typed.write(before, 0, Math.max(0, before.length - 1));
          }
          default -> typed.write(key);
        }
        if (typed.size() > MAX_PASSWORD) {
          throw new CommandException("the password is too long");
        }
      }
    } finally {
      context.caller().terminalKeys(false);
      context.messages().note("");
    }
  }
}
