package org.buildchain.substituter.worker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarTree;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.MemoryFile;
import org.buildchain.substituter.worker.wire.WireReader;

/**
 * Content that a client adds, whose path follows from it.
 *
 * @param references declared by the client, itself not among them
 */
record AddedContent(
    String name, IngestionMethod method, HashAlgorithm algorithm, SortedSet<StorePath> references) {
  /** What is held in memory before it goes to the disk. */
  private static final int IN_MEMORY = 1 << 20;

  /**
   * Reads {@code text:sha256}, {@code fixed:sha256} or {@code fixed:r:sha256}.
   *
   * @throws FormatException for another method
   */
  static AddedContent of(String name, String method, SortedSet<StorePath> references) {
    StorePath.checkName(name);
    if (method.startsWith("text:")) {
      return new AddedContent(name, IngestionMethod.TEXT, algorithm(method, 5), references);
    }
    if (method.startsWith("fixed:git:")) {
      throw new StoreException("experimental Nix feature 'git-hashing' is disabled");
    }
    if (method.startsWith("fixed:r:")) {
      return new AddedContent(name, IngestionMethod.NAR, algorithm(method, 8), references);
    }
    if (method.startsWith("fixed:")) {
      return new AddedContent(name, IngestionMethod.FLAT, algorithm(method, 6), references);
    }
    throw new FormatException("content address method '" + method + "'", "is unknown");
  }

  private static HashAlgorithm algorithm(String method, int at) {
    String wanted = method.substring(at);
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      if (algorithm.nixName().equals(wanted)) {
        return algorithm;
      }
    }
    throw new FormatException("hash algorithm '" + wanted + "'", "is unknown");
  }

  /** Stores it. */
  StorePath add(Store store, WorkerService service, InputStream in) throws IOException {
    if (method == IngestionMethod.NAR && references.isEmpty()) {
      NarTree nar =
          new NarTree(
              "NAR of '" + name + "'", new BufferedInputStream(in), Spool.room(service.spool()));
      return store.addTree(name, nar.root(), method, algorithm);
    }
    if (method == IngestionMethod.NAR) {
      return addNar(store, service, in);
    }
    byte[] head = in.readNBytes(IN_MEMORY);
    if (head.length < IN_MEMORY && method == IngestionMethod.TEXT) {
      return text(store, Octets.of(head));
    }
    if (head.length < IN_MEMORY) {
      return flat(store, new MemoryFile(head, false));
    }
    Path file = Files.createTempFile(service.spool(), "added-", "");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(head);
        long most =
            method == IngestionMethod.TEXT
                ? WireReader.MAX_TEXT - head.length
                : Spool.room(service.spool());
        Spool.copy("content of '" + name + "'", in, out, most);
      }
      if (method == IngestionMethod.TEXT) {
        return text(store, Octets.of(Files.readAllBytes(file)));
      }
      return flat(store, DiskTree.of(Octets.fromText(file.toString())));
    } finally {
      Files.delete(file);
    }
  }

  private StorePath text(Store store, String content) throws IOException {
    if (algorithm != HashAlgorithm.SHA256) {
      throw new StoreException("texts are addressed by their SHA-256 only");
    }
    return store.addTexts(List.of(new Store.Text(name, content, references))).getFirst();
  }

  private StorePath flat(Store store, org.buildchain.store.tree.FileTree file) throws IOException {
    if (!references.isEmpty()) {
      throw new StoreException("a file that is addressed by its content alone has no references");
    }
    return store.addTree(name, file, method, algorithm);
  }

  /** References are declared here, not found: the NAR's digest must be known first. */
  private StorePath addNar(Store store, WorkerService service, InputStream in) throws IOException {
    Path file = Files.createTempFile(service.spool(), "added-", ".nar");
    try {
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      long size;
      try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
        size = Spool.copy("NAR of '" + name + "'", in, out, Spool.room(service.spool()));
      }
      if (algorithm != HashAlgorithm.SHA256) {
        throw new StoreException("only a SHA-256 of a NAR admits references");
      }
      Hash hash = new Hash(HashAlgorithm.SHA256, digest.digest());
      ContentAddress address = new ContentAddress(method, hash);
      StorePath path = store.dir().makeContentAddressed(name, address, references, false);
      ForeignObject said =
          new ForeignObject(
              path,
              hash,
              size,
              references,
              Optional.empty(),
              new TreeSet<>(),
              Optional.of(address));
      try (InputStream nar = new BufferedInputStream(Files.newInputStream(file))) {
        return service.add(said, nar).path();
      }
    } finally {
      Files.delete(file);
    }
  }
}
