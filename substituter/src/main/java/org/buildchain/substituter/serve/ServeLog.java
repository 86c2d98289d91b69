package org.buildchain.substituter.serve;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Lines about requests: time, address, user, method, path, status, bytes sent and milliseconds,
 * with a space between them, then a text. Unknown ones are {@code -}. A line is printable ASCII,
 * whatever a client sends: other octets come as {@code %0a}. Whoever takes the lines may be slow:
 * requests do not wait, and lines that are too many are counted in place of being written.
 */
public final class ServeLog implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_WAITING = 1024;
  private static final int LONGEST_FIELD = 512;
  private static final int LONGEST_TEXT = 1024;
  private static final String LAST = "";

  /** Which requests are logged. */
  public enum Level {
    NONE,
    /** A line for each path or realisation that came, and for each upload that failed. */
    UPLOADS,
    REQUESTS;

    /** The level of this name, in lower case. */
    public static Optional<Level> parse(String name) {
      return Arrays.stream(values()).filter(l -> l.toString().equals(name)).findFirst();
    }

    /** The names of all, for a person. */
    public static String names() {
      return Arrays.stream(values()).map(Level::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Level level;
  private final Clock clock;
  private final Consumer<String> lines;
  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong left = new AtomicLong();
  private final Thread writer;

  /**
   * @param lines takes them one after the other, in a thread of the log's own; once it has thrown,
   *     no more
   */
  public ServeLog(Level level, Clock clock, Consumer<String> lines) {
    this.level = level;
    this.clock = clock;
    this.lines = lines;
    this.writer = Thread.ofVirtual().name("bc-serve-log").start(this::write);
  }

  /** Logs a request, if its level wants it. */
  public void add(Served request) {
    boolean wanted =
        switch (level) {
          case NONE -> false;
          case UPLOADS -> request.isUpload() && (request.hasFailed() || isLastOfItsUpload(request));
          case REQUESTS -> true;
        };
    if (wanted && !waiting.offer(line(request))) {
      left.incrementAndGet();
    }
  }

  /** NARs come first, and become a path with their narinfos. Nothing is made of listings. */
  private static boolean isLastOfItsUpload(Served request) {
    return switch (request.kind()) {
      case NARINFO, REALISATION -> true;
      default -> false;
    };
  }

  private String line(Served r) {
    String status = r.status() == 0 ? "-" : Integer.toString(r.status());
    String text = r.whole() ? r.said() : "broke off" + (r.said().isEmpty() ? "" : ": " + r.said());
    return String.join(
            " ",
            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
            field(r.from().getHostAddress()),
            r.user().map(ServeLog::field).orElse("-"),
            field(r.method()),
            field(r.path()),
            status,
            Long.toString(r.bytes()),
            r.time().toMillis() + "ms",
            printable(text, LONGEST_TEXT, ' '))
        .strip();
  }

  private static String field(String text) {
    return text.isEmpty() ? "-" : printable(text, LONGEST_FIELD, '!');
  }

  /** A text of a client's, on one line. */
  static String printable(String text) {
    return printable(text, LONGEST_TEXT, ' ');
  }

  private static String printable(String text, int longest, char first) {
    byte[] bytes = text.strip().getBytes(StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) {
      if (out.length() >= longest) {
        return out + "...";
      }
      if (b >= first && b <= '~' && b != '%') {
        out.append((char) b);
      } else {
        out.append("%%%02x".formatted(b & 0xff));
      }
    }
    return out.toString();
  }

  private void write() {
    try {
      for (String line = waiting.take(); !line.equals(LAST); line = waiting.take()) {
        lines.accept(line);
        long lost = left.getAndSet(0);
        if (lost > 0) {
          lines.accept(lost + " lines about requests are left out here");
        }
      }
    } catch (InterruptedException e) {
      // Whoever takes the lines takes none any more.
    }
  }

  /** Returns when what was added before has been taken, or a while later. */
  @Override
  public void close() {
    try {
      if (!waiting.offer(LAST, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          || !writer.join(PATIENCE)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      writer.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
