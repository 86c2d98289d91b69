package org.buildchain.store.disk;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.hashrewrite.PathReplacer;
import org.buildchain.hashrewrite.Rewrites;
import org.buildchain.hashrewrite.StreamZeroer;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;

/**
 * Somebody's NAR on its way to a path that follows from its content: the paths that it refers to
 * replaced by what they became, its own hash part zeroed for the digest and then put in the old
 * one's places. Source: {@code libstore/make-content-addressed.cc}.
 */
public final class ContentAddressing implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final DiskStore store;
  private final ForeignObject said;
  private final SortedSet<StorePath> references = new TreeSet<>();
  private final Path zeroed;
  private final Rewrites places;
  private final ContentAddress address;
  private final StorePath path;

  /**
   * Reads the NAR.
   *
   * @param folder for a file of the NAR's size
   * @param said what the NAR is
   * @param moved what the paths that it refers to became
   * @throws FormatException if the NAR is not the one that is stated
   */
  public ContentAddressing(
      DiskStore store,
      Path folder,
      ForeignObject said,
      InputStream nar,
      Map<StorePath, StorePath> moved)
      throws IOException {
    this.store = store;
    this.said = said;
    boolean self = said.references().contains(said.path());
    Map<String, String> names = new TreeMap<>();
    for (StorePath r : said.references()) {
      if (!r.equals(said.path())) {
        StorePath to = moved.getOrDefault(r, r);
        references.add(to);
        names.put(r.toString(), to.toString());
      }
    }
    Files.createDirectories(folder);
    if (said.narSize() > folder.toFile().getUsableSpace()) {
      throw new StoreException(
          "no room for the "
              + said.narSize()
              + " bytes of '"
              + store.dir().print(said.path())
              + "'");
    }
    this.zeroed = Files.createTempFile(folder, "closure", ".nar");
    boolean read = false;
    try {
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      this.places = read(nar, names, digest);
      this.address =
          new ContentAddress(IngestionMethod.NAR, new Hash(HashAlgorithm.SHA256, digest.digest()));
      this.path = store.dir().makeContentAddressed(said.path().name(), address, references, self);
      read = true;
    } finally {
      if (!read) {
        close();
      }
    }
    if (self) {
      references.add(path);
    }
  }

  /** Writes the NAR with references replaced and its own hash zeroed; gives where that stood. */
  private Rewrites read(InputStream in, Map<String, String> names, MessageDigest digest)
      throws IOException {
    MessageDigest stated = HashAlgorithm.SHA256.newDigest();
    long size = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(zeroed), BUFFER)) {
      StreamZeroer zeroer =
          new StreamZeroer(
              said.path().hashPart(),
              (data, offset, length) -> {
                digest.update(data, offset, length);
                write(out, data, offset, length);
              });
      PathReplacer replacer = new PathReplacer(store.dir().path(), names, zeroer::write);
      byte[] buffer = new byte[BUFFER];
      for (int n; (n = in.read(buffer)) >= 0 && size <= said.narSize(); size += n) {
        stated.update(buffer, 0, n);
        replacer.write(buffer, 0, n);
      }
      replacer.finish();
      Rewrites found = zeroer.finish();
      if (size != said.narSize()
          || !said.narHash().equals(new Hash(HashAlgorithm.SHA256, stated.digest()))) {
        throw new FormatException(
            "NAR of '" + store.dir().print(said.path()) + "'",
            "has not the hash and the size that are stated");
      }
      return found;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void write(OutputStream out, byte[] data, int offset, int length) {
    try {
      out.write(data, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it becomes. */
  public StorePath path() {
    return path;
  }

  /**
   * Stores it, unless it is valid.
   *
   * @throws StoreException if something that it refers to is not
   */
  public void store() throws IOException {
    if (store.holds(path)) {
      return;
    }
    ForeignObject addressed =
        new ForeignObject(
            path,
            narHash(),
            said.narSize(),
            references,
            Optional.empty(),
            new TreeSet<>(),
            Optional.of(address));
    try (InputStream in = new Named()) {
      store.importNar(addressed, in);
    }
  }

  private Hash narHash() throws IOException {
    if (places.count() == 0) {
      return address.hash();
    }
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = new Named()) {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return new Hash(HashAlgorithm.SHA256, digest.digest());
  }

  /** The NAR with its own hash in it. */
  private final class Named extends InputStream {
    private final InputStream in;
    private final byte[][] hash = {path.hashPart().getBytes(StandardCharsets.ISO_8859_1)};
    private long position;

    Named() throws IOException {
      in = new BufferedInputStream(Files.newInputStream(zeroed), BUFFER);
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
        places.restore(hash, position, ByteBuffer.wrap(into), at, n);
        position += n;
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(zeroed);
  }
}
