package org.buildchain.daemon.nix.store;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarReader;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/**
 * {@code nix-store --import}. Source of the format: {@code export-import.cc}; see {@link
 * StoreExport}. As in Nix nobody has to have signed it: whoever may give the store paths may give
 * it any.
 */
@Command(
    name = "nix-store --import",
    description = "Stores what 'nix-store --export' wrote, from standard input; prints the paths.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --import < closure")
final class StoreImport extends StoreOperation {
  private static final int ALIGNMENT = 8;
  private static final int MAX_TEXT = 4096;
  private static final int MAX_SIGNATURE = 1 << 20;
  private static final int MAX_REFERENCES = 1 << 20;

  @Override
  protected int run() throws IOException {
    noArguments();
    InputStream in = new BufferedInputStream(context.caller().in(), 1 << 16);
    Path spool = Files.createDirectories(context.services().root().resolve("cache/uploads"));
    try {
      while (true) {
        long more = number(in);
        if (more == 0) {
          return 0;
        }
        if (more != 1) {
          throw new StoreException(
              "input doesn't look like something created by 'nix-store --export'");
        }
        println(print(object(in, spool)));
      }
    } catch (EOFException e) {
      throw new FormatException("standard input", "ends too early");
    }
  }

  /** Takes one object. What is said of it stands behind its NAR, which so has to wait. */
  private StorePath object(InputStream in, Path spool) throws IOException {
    Path file = Files.createTempFile(spool, "imported-", ".nar");
    try {
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      long size;
      try (OutputStream out = Files.newOutputStream(file)) {
        size = NarReader.read("NAR in standard input", new Copied(in, out, digest), new Ignored());
      }
      if (number(in) != StoreExport.MAGIC) {
        throw new StoreException("Nix archive cannot be imported; wrong format");
      }
      StorePath path = path(in);
      SortedSet<StorePath> references = new TreeSet<>();
      for (long i = limited("references", number(in), MAX_REFERENCES); i > 0; i--) {
        references.add(path(in));
      }
      String deriver = text(in, MAX_TEXT);
      if (number(in) == 1) {
        text(in, MAX_SIGNATURE); // of Nix before 2.0, whose keys nobody has
      }
      ForeignObject said =
          new ForeignObject(
              path,
              new Hash(HashAlgorithm.SHA256, digest.digest()),
              size,
              references,
              deriver.isEmpty() ? Optional.empty() : Optional.of(store().dir().parse(deriver)),
              Collections.emptySortedSet(),
              Optional.empty());
      try (InputStream nar = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        store().importNar(said, nar);
      }
      return path;
    } finally {
      Files.delete(file);
    }
  }

  /** What is read is copied and digested. */
  private static final class Copied extends InputStream {
    private final InputStream in;
    private final OutputStream out;
    private final MessageDigest digest;

    Copied(InputStream in, OutputStream out, MessageDigest digest) {
      this.in = in;
      this.out = out;
      this.digest = digest;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int n = in.read(into, at, length);
      if (n > 0) {
        out.write(into, at, n);
        digest.update(into, at, n);
      }
      return n;
    }
  }

  /** Checks that it is a NAR. */
  private static final class Ignored implements NarReader.Handler {
    @Override
    public void beginFile(boolean executable, long size) {}

    @Override
    public void content(byte[] data, int offset, int length) {}

    @Override
    public void endFile() {}

    @Override
    public void symlink(String target) {}

    @Override
    public void beginDirectory() {}

    @Override
    public void beginEntry(String name) {}

    @Override
    public void endEntry() {}

    @Override
    public void endDirectory() {}
  }

  private StorePath path(InputStream in) throws IOException {
    return store().dir().parse(text(in, MAX_TEXT));
  }

  private static long number(InputStream in) throws IOException {
    return ByteBuffer.wrap(exactly(in, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static String text(InputStream in, int most) throws IOException {
    int length = (int) limited("bytes of a text", number(in), most);
    byte[] bytes = exactly(in, length);
    exactly(in, Math.floorMod(-length, ALIGNMENT));
    return Octets.of(bytes);
  }

  private static long limited(String what, long number, int most) {
    if (number < 0 || number > most) {
      throw new FormatException(
          "standard input", "the number of " + what + " must be at most " + most);
    }
    return number;
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }
}
