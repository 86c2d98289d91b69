package org.buildchain.daemon.server;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.daemon.protocol.wire.Become;

/**
 * A program that takes the client's place in its terminal, or runs there. Texts are octet strings.
 *
 * @param program a path; without a slash it is looked for in the PATH of {@code env}; empty for the
 *     client itself, by the name that the arguments begin with
 * @param args with the program's name, {@code argv[0]}, at their head
 * @param shown a folder that the program sees at another place
 */
public record NextProgram(
    String program, List<String> args, Map<String, String> env, Optional<Shown> shown) {
  /** A folder, and where it is shown. */
  public record Shown(String folder, String at) {}

  Become frame() {
    Become.Builder b = Become.newBuilder().setProgram(bytes(program));
    args.forEach(a -> b.addArgs(bytes(a)));
    env.forEach((name, value) -> b.addEnv(bytes(name + "=" + value)));
    shown.ifPresent(s -> b.setFolder(bytes(s.folder())).setShownAt(bytes(s.at())));
    return b.build();
  }

  private static ByteString bytes(String octets) {
    return ByteString.copyFrom(octets, StandardCharsets.ISO_8859_1);
  }
}
