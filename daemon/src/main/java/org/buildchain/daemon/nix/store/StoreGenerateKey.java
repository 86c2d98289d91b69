package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.signature.SecretKey;
import picocli.CommandLine.Command;

/** {@code nix-store --generate-binary-cache-key}. Source: Nix manual, section of that name. */
@Command(
    name = "nix-store --generate-binary-cache-key",
    description = "Writes a new key: its name, the file for the secret half, that for the public.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --generate-binary-cache-key cache.example-1 ./secret ./public")
final class StoreGenerateKey extends StoreOperation {
  @Override
  protected int run() throws IOException {
    List<String> given = arguments();
    if (given.size() != 3) {
      throw usage("three arguments expected");
    }
    SecretKey key = SecretKey.generate(given.getFirst());
    write(file(given.get(2)), key.publicKey().toString(), "rw-r--r--");
    write(file(given.get(1)), key.secret(), "rw-------");
    return 0;
  }

  private Path file(String given) {
    return Path.of(
        Octets.toText(CanonicalPath.absolute(given, context.caller().invocation().cwd())));
  }

  private static void write(Path file, String text, String mode) throws IOException {
    Files.deleteIfExists(file);
    // Nobody else may see it, not even before it is written.
    try (var channel =
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
