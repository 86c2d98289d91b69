package org.buildchain.substituter.signature;

import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * What a signature of a store path vouches for. Source: {@code ValidPathInfo::fingerprint} in Nix;
 * Nix manual, "Signing store paths".
 *
 * @param references all of them, the path itself among them if it refers to itself
 */
public record Fingerprint(
    StoreDir dir, StorePath path, Hash narHash, long narSize, SortedSet<StorePath> references) {
  /** The bytes that are signed. */
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    String all = references.stream().map(dir::print).collect(Collectors.joining(","));
    return "1;" + dir.print(path) + ";" + narHash + ";" + narSize + ";" + all;
  }
}
