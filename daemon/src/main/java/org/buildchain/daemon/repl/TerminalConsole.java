package org.buildchain.daemon.repl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.Octets;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;

/**
 * A terminal at the client: keys come as they are typed, and editing, completion and history are
 * done here. Ctrl-C while nothing is typed reaches whoever evaluates.
 */
final class TerminalConsole implements Console {
  private static final int ROWS = 24;
  private static final int DEFAULT_COLUMNS = 80;

  private final InterruptibleCaller caller;
  private final ClientTerminal terminal;
  private final LineReader reader;
  private Completion completion = line -> new Completion.Candidates("", java.util.List.of());

  /**
   * @param history the file that keeps the lines typed
   */
  TerminalConsole(InterruptibleCaller caller, Path history) throws IOException {
    this.caller = caller;
    Files.createDirectories(history.getParent());
    caller.terminalKeys(true);
    String type = caller.invocation().env().getOrDefault("TERM", "ansi");
    this.terminal = new ClientTerminal(type, caller.in(), caller.out());
    terminal.handle(Terminal.Signal.INT, signal -> caller.interrupt());
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .history(new DefaultHistory())
            .variable(LineReader.HISTORY_FILE, history)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
            .option(LineReader.Option.AUTO_MENU, false)
            .parser((line, cursor, context) -> new WholeLine(line, cursor))
            .completer((r, line, candidates) -> complete(line.line(), line.cursor(), candidates))
            .build();
    bindArrows();
  }

  /** Keys that terminals send in either of their two modes, whatever their description says. */
  private void bindArrows() {
    bind(LineReader.UP_LINE_OR_HISTORY, "\033[A", "\033OA");
    bind(LineReader.DOWN_LINE_OR_HISTORY, "\033[B", "\033OB");
    bind(LineReader.FORWARD_CHAR, "\033[C", "\033OC");
    bind(LineReader.BACKWARD_CHAR, "\033[D", "\033OD");
    bind(LineReader.BEGINNING_OF_LINE, "\033[H", "\033OH", "\033[1~");
    bind(LineReader.END_OF_LINE, "\033[F", "\033OF", "\033[4~");
    bind(LineReader.DELETE_CHAR, "\033[3~");
  }

  private void bind(String action, String... keys) {
    reader.getKeyMaps().get(LineReader.MAIN).bind(new Reference(action), keys);
  }

  private void complete(String line, int cursor, List<Candidate> to) {
    String before = Octets.fromText(line.substring(0, cursor));
    for (String c : completion.of(before).values()) {
      String text = Octets.toText(c);
      to.add(new Candidate(text, text, null, null, null, null, false));
    }
  }

  @Override
  public Optional<String> line(String prompt, Completion names) {
    completion = names;
    int columns = caller.columns();
    terminal.setSize(new Size(columns == 0 ? DEFAULT_COLUMNS : columns, ROWS));
    while (true) {
      terminal.begin();
      try {
        return Optional.of(Octets.fromText(reader.readLine(prompt)));
      } catch (UserInterruptException e) {
        // What was typed is dropped.
        caller.resume();
      } catch (EndOfFileException e) {
        return Optional.empty();
      } finally {
        terminal.end();
      }
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close();
    caller.terminalKeys(false);
  }
}
