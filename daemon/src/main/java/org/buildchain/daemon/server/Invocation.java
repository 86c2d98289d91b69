package org.buildchain.daemon.server;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.daemon.protocol.wire.Request;
import org.buildchain.store.format.FormatException;

/**
 * What a client asks for and where it stands. Texts are octet strings.
 *
 * @param program the base name under which the client was called
 * @param args the arguments after the program's name
 * @param cwd its working folder, absolute
 * @param columns the terminal's width at the start; 0 if unknown
 */
public record Invocation(
    String program,
    List<String> args,
    String cwd,
    Map<String, String> env,
    boolean stdinIsTerminal,
    boolean stdoutIsTerminal,
    boolean stderrIsTerminal,
    int columns) {
  private static final int MAX_COLUMNS = 10_000;

  /**
   * Reads a request.
   *
   * @throws FormatException if the folder is not absolute or a text holds a NUL
   */
  static Invocation of(Request request) {
    String cwd = octets(request.getCwd());
    if (!cwd.startsWith("/")) {
      throw new FormatException(
          "request", "the working folder must be absolute, not '" + cwd + "'");
    }
    Map<String, String> env = new TreeMap<>();
    for (ByteString entry : request.getEnvList()) {
      String text = octets(entry);
      int cut = text.indexOf('=');
      if (cut > 0) {
        env.putIfAbsent(text.substring(0, cut), text.substring(cut + 1));
      }
    }
    return new Invocation(
        octets(request.getProgram()),
        request.getArgsList().stream().map(Invocation::octets).toList(),
        cwd,
        Map.copyOf(env),
        request.getStdinIsTerminal(),
        request.getStdoutIsTerminal(),
        request.getStderrIsTerminal(),
        Math.clamp(request.getColumns(), 0, MAX_COLUMNS));
  }

  private static String octets(ByteString bytes) {
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    if (text.indexOf('\0') >= 0) {
      throw new FormatException("request", "a text holds a NUL");
    }
    return text;
  }
}
