package org.buildchain.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many files the process may have open. The connections of {@code bc serve} are files, too: who
 * opens many must not keep the store, builds and other commands from opening theirs.
 */
final class OpenFiles {
  private static final String CONNECTIONS = "jdk.httpserver.maxConnections";
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +(\\d+) ");

  private OpenFiles() {}

  /** Leaves half of them to others. Before the first HTTP server is made, which reads this once. */
  static void boundConnections() throws IOException {
    Matcher m = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
    int most = Integer.getInteger(CONNECTIONS, Integer.MAX_VALUE);
    if (m.find()) {
      long half = Long.parseLong(m.group(1)) / 2;
      System.setProperty(CONNECTIONS, Long.toString(Math.min(most, half)));
    }
  }
}
