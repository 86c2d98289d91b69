package org.buildchain.substituter.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/** Blocks that are no store objects', for a gateway. */
public final class LooseBlocks {
  private static final int MAX_HEADER = 1 << 20;
  private static final int MAX_CID = 256;
  private static final String WHAT = "CAR file";

  private LooseBlocks() {}

  /**
   * Takes the blocks of a CAR file of version 1, whatever its roots lead to. Each is checked; those
   * that a CID holds itself are passed over.
   *
   * @param folder where each becomes a file named by its CID in version 1 and base 32
   * @return how many there were
   * @throws FormatException if the file is none, or has a block that its CID does not name
   */
  public static int take(InputStream car, Path folder) throws IOException {
    Files.createDirectories(folder);
    byte[] header = car.readNBytes((int) length(car, MAX_HEADER).orElse(0L).longValue());
    // {"roots": …, "version": 1}
    byte[] version = {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 1};
    if (header.length < version.length
        || !Arrays.equals(
            version, Arrays.copyOfRange(header, header.length - version.length, header.length))) {
      throw new FormatException(WHAT, "is not of version 1");
    }
    int count = 0;
    for (Optional<Long> length; (length = length(car, Block.MAX_SIZE + MAX_CID)).isPresent(); ) {
      byte[] section = car.readNBytes(length.get().intValue());
      if (section.length != length.get()) {
        throw new FormatException(WHAT, "it is truncated");
      }
      count += block(section, folder);
    }
    return count;
  }

  private static int block(byte[] section, Path folder) throws IOException {
    int end = cidEnd(section);
    AnyCid cid = AnyCid.ofBytes(Arrays.copyOf(section, end));
    byte[] data = Arrays.copyOfRange(section, end, section.length);
    if (cid.inline().isPresent()) {
      return 0;
    }
    if (!cid.matches(data)) {
      throw new FormatException(WHAT, "block " + cid + " is another one, or can't be checked");
    }
    Optional<Cid> name = cid.stored();
    if (name.isEmpty()) {
      return 0;
    }
    Path fresh = Files.createTempFile(folder, "", ".new");
    Files.write(fresh, data);
    Files.move(fresh, folder.resolve(name.get().toString()), StandardCopyOption.REPLACE_EXISTING);
    return 1;
  }

  private static int cidEnd(byte[] section) {
    if (section.length >= 34 && section[0] == 0x12 && section[1] == 32) {
      return 34;
    }
    Varints in = new Varints(WHAT, section);
    // Version, codec, hash function; then the digest.
    for (int i = 0; i < 3; i++) {
      long unused = in.next();
    }
    byte[] unused = in.bytes(in.next());
    return in.position();
  }

  private static Optional<Long> length(InputStream in, long most) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = in.read();
      if (b < 0) {
        if (shift == 0) {
          return Optional.empty();
        }
        throw new FormatException(WHAT, "it is truncated");
      }
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (value > most) {
          throw new FormatException(WHAT, "has a part of " + value + " bytes");
        }
        return Optional.of(value);
      }
    }
    throw new FormatException(WHAT, "has a length of too many digits");
  }
}
