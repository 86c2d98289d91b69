package org.buildchain.store.path;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;

/**
 * The folder that store paths are computed for, {@code /nix/store} unless a user moves it. It
 * enters every path's digest, so paths of two store folders never agree. Source: Nix manual,
 * "Complete Store Path Calculation"; {@code src/libstore/store-api.cc}.
 */
public record StoreDir(String path) {
  /** {@code /nix/store}. */
  public static final StoreDir DEFAULT = new StoreDir("/nix/store");

  public StoreDir {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new FormatException(
          "store folder '" + path + "'", "expected an absolute path without a trailing slash");
    }
  }

  /** The full path of an object. */
  public String print(StorePath path) {
    return this.path + "/" + path;
  }

  /**
   * Reads a full path.
   *
   * @throws FormatException if it does not stand directly in this folder or its base name is wrong
   */
  public StorePath parse(String fullPath) {
    if (!fullPath.startsWith(path + "/")) {
      throw new FormatException("path '" + fullPath + "' is not in the Nix store");
    }
    return StorePath.parse(fullPath.substring(path.length() + 1));
  }

  /** The object in which {@code fullPath} lies (itself or something inside), or empty. */
  public Optional<StorePath> containing(String fullPath) {
    if (!fullPath.startsWith(path + "/")) {
      return Optional.empty();
    }
    int start = path.length() + 1;
    int end = fullPath.indexOf('/', start);
    try {
      return Optional.of(
          StorePath.parse(fullPath.substring(start, end < 0 ? fullPath.length() : end)));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The path for a fingerprint {@code type:digest:folder:name}; {@code digest} is prefixed base 16.
   */
  public StorePath make(String type, String digest, String name) {
    String fingerprint = type + ":" + digest + ":" + path + ":" + name;
    byte[] full = HashAlgorithm.SHA256.newDigest().digest(Octets.bytes(fingerprint));
    return new StorePath(NixBase32.encode(compress(full, 20)), name);
  }

  /** The path for a fingerprint of a digest. */
  public StorePath make(String type, Hash hash, String name) {
    return make(type, hash.prefixed(Hash.Format.BASE16), name);
  }

  /** The path of an input-addressed output: {@code hash} is the derivation's hash modulo. */
  public StorePath makeOutput(String outputName, Hash hash, String drvName) {
    return make("output:" + outputName, hash, outputPathName(drvName, outputName));
  }

  /**
   * The name of an output's store path: the derivation's, with {@code -output} unless it is {@code
   * out}.
   */
  public static String outputPathName(String drvName, String outputName) {
    return outputName.equals("out") ? drvName : drvName + "-" + outputName;
  }

  /**
   * The path of a content-addressed object.
   *
   * @param references what it refers to, itself not among them
   * @param self whether it refers to itself (its digest then was taken with its hash part zeroed)
   * @throws FormatException if the address admits no such references
   */
  public StorePath makeContentAddressed(
      String name, ContentAddress address, Collection<StorePath> references, boolean self) {
    Hash hash = address.hash();
    if (address.method() == IngestionMethod.TEXT) {
      if (self || hash.algorithm() != HashAlgorithm.SHA256) {
        throw new FormatException(
            "text object '" + name + "'", "must have a SHA-256 and no reference to itself");
      }
      return make(withReferences("text", references, false), hash, name);
    }
    if (address.method() == IngestionMethod.NAR && hash.algorithm() == HashAlgorithm.SHA256) {
      return make(withReferences("source", references, self), hash, name);
    }
    if (self || !references.isEmpty()) {
      throw new FormatException(
          "fixed-output object '" + name + "'",
          "only a SHA-256 of a NAR admits references (" + address + ")");
    }
    String inner =
        "fixed:out:" + address.method().prefix() + hash.prefixed(Hash.Format.BASE16) + ":";
    return make("output:out", Hash.of(HashAlgorithm.SHA256, Octets.bytes(inner)), name);
  }

  private String withReferences(String type, Collection<StorePath> references, boolean self) {
    StringBuilder out = new StringBuilder(type);
    Collection<StorePath> ascending =
        references instanceof SortedSet<StorePath> sorted && sorted.comparator() == null
            ? sorted
            : new TreeSet<>(references);
    for (StorePath r : ascending) {
      out.append(':').append(path).append('/').append(r);
    }
    return self ? out.append(":self").toString() : out.toString();
  }

  /** XORs a digest down to {@code size} bytes ({@code compressHash} in Nix). */
  public static byte[] compress(byte[] digest, int size) {
    byte[] out = new byte[size];
    for (int i = 0; i < digest.length; i++) {
      out[i % size] ^= digest[i];
    }
    return out;
  }

  @Override
  public String toString() {
    return path;
  }
}
