package org.buildchain.daemon.host.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.net.Xz;

/**
 * Reads archives: tar, plain or compressed by gzip, xz, zstd or bzip2, and zip. Which one it is the
 * first bytes tell, not the name.
 */
public final class Unpacker {
  /** The most memory that xz may ask for, in KiB. */
  private static final int XZ_MEMORY = 512 << 10;

  private static final String ENCODING = StandardCharsets.ISO_8859_1.name();

  private Unpacker() {}

  /**
   * Fills {@code into} with the archive's entries.
   *
   * @param what names the archive in messages
   * @return the tree, or its only folder
   * @throws FormatException if the file is none of these, or is malformed
   */
  public static FileTree unpack(String what, Path archive, ArchiveTree into) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(archive)) {
      head = in.readNBytes(6);
    }
    try {
      if (begins(head, 'P', 'K', 3, 4)) {
        zip(what, archive, into);
      } else {
        try (InputStream in = decompress(head, archive)) {
          tar(what, in, into);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      if (e instanceof FileSystemException) {
        throw e;
      }
      throw new FormatException(what, "is no archive that can be read: " + e.getMessage());
    }
    return into.finish();
  }

  private static boolean begins(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || (head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static InputStream decompress(byte[] head, Path archive) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
    if (begins(head, 0x1f, 0x8b)) {
      return new GZIPInputStream(in, 1 << 16);
    }
    if (begins(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new BufferedInputStream(Xz.open(in, XZ_MEMORY), 1 << 16);
    }
    if (begins(head, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(in);
    }
    if (begins(head, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(in, true);
    }
    return in;
  }

  private static void tar(String what, InputStream in, ArchiveTree into) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in, ENCODING);
    boolean any = false;
    for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
      any = true;
      String name = octets(entry.getName());
      into.changed(entry.getLastModifiedTime().to(TimeUnit.SECONDS));
      if (entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice()) {
        throw new FormatException(
            what, "'" + name + "' is a device or a FIFO, which no store holds");
      } else if (entry.isDirectory()) {
        into.folder(name);
      } else if (entry.isSymbolicLink()) {
        into.link(name, octets(entry.getLinkName()));
      } else if (entry.isLink()) {
        into.hardLink(name, octets(entry.getLinkName()));
      } else if (entry.isFile()) {
        into.file(name, tar, (entry.getMode() & 0100) != 0);
      } else {
        throw new FormatException(what, "'" + name + "' is something that no store holds");
      }
    }
    if (!any) {
      throw new FormatException(what, "is no archive, or an empty one");
    }
  }

  private static void zip(String what, Path archive, ArchiveTree into) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        String name = Octets.fromText(entry.getName());
        into.changed(entry.getLastModifiedTime().to(TimeUnit.SECONDS));
        if (entry.isDirectory()) {
          into.folder(name);
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          if (in == null) {
            throw new FormatException(what, "'" + name + "' is compressed in an unknown way");
          }
          if (entry.isUnixSymlink()) {
            into.link(name, Octets.of(in.readNBytes(4096)));
          } else {
            into.file(name, in, (entry.getUnixMode() & 0100) != 0);
          }
        }
      }
    }
  }

  /** Extended headers come as UTF-8 text, others as the octets that they are. */
  private static String octets(String name) {
    return name.chars().anyMatch(c -> c > 0xff) ? Octets.fromText(name) : name;
  }
}
