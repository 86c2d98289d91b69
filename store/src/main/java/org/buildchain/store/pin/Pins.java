package org.buildchain.store.pin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;

/**
 * Links that keep objects alive, under {@code pins/per-user/{user}/{program}}: by way of a link in
 * the user's own folders they stand in {@code auto/}, named by the digest of that link's path. The
 * object is alive as long as both links stand, so that deleting {@code result} is enough.
 */
public final class Pins {
  /** The number of digits of nix-base32 in the name of a pin. */
  private static final int NAME_LENGTH = 32;

  private final Path folder;
  private final Path view;

  /**
   * @param folder holds the pins of one user and program
   * @param view where the mount shows objects by their store paths
   */
  public Pins(Path folder, Path view) {
    this.folder = folder;
    this.view = view;
  }

  /**
   * Makes {@code link} lead to the object and pins it. A link that is there is replaced in one
   * step; pin and link are there in this order, so that nothing is unpinned at any moment.
   *
   * @param link absolute
   * @throws FileAlreadyExistsException if something that is no link stands there
   */
  public void link(Path link, StorePath object) throws IOException {
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
      throw new FileAlreadyExistsException(link.toString(), null, "is there and is no link");
    }
    indirect(link);
    replace(link, view.resolve(object.toString()));
  }

  /**
   * Pins what a link leads to that somebody else makes.
   *
   * @param link absolute; it need not be there yet
   */
  public void indirect(Path link) throws IOException {
    Path auto = Files.createDirectories(folder.resolve("auto"));
    byte[] name = link.toString().getBytes(StandardCharsets.UTF_8);
    String digest = Hash.of(HashAlgorithm.SHA256, name).encode(Hash.Format.NIX32);
    replace(auto.resolve(digest.substring(0, NAME_LENGTH)), link);
  }

  private static void replace(Path link, Path target) throws IOException {
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
      return;
    }
    Path fresh = link.resolveSibling("." + link.getFileName() + ".new-" + System.nanoTime());
    Files.createSymbolicLink(fresh, target);
    try {
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }
}
