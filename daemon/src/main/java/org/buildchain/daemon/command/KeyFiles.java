package org.buildchain.daemon.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.substituter.signature.SecretKey;

/** Reads files of secret keys. */
public final class KeyFiles {
  private static final int MAX_BYTES = 4096;

  private KeyFiles() {}

  /** The keys of these files, paths relative to the caller's folder. */
  public static List<SecretKey> read(CommandContext context, List<String> files) {
    List<SecretKey> keys = new ArrayList<>();
    for (String file : files) {
      String path = CanonicalPath.absolute(file, context.caller().invocation().cwd());
      try (var in = Files.newInputStream(Path.of(Octets.toText(path)))) {
        keys.add(SecretKey.parse(Octets.of(in.readNBytes(MAX_BYTES))));
      } catch (IOException e) {
        throw new CommandException(
            "cannot read the key file '" + path + "': " + IoErrors.reason(e));
      } catch (FormatException e) {
        throw new CommandException("key file '" + path + "': " + e.getMessage());
      }
    }
    return keys;
  }
}
