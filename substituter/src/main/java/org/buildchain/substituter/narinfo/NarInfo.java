package org.buildchain.substituter.narinfo;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * A narinfo. Source: Nix manual, "Binary Cache"; {@code src/libstore/nar-info.cc}.
 *
 * @param url of the NAR, relative to the cache's root, or absolute
 * @param compression of the file there: {@code none}, {@code xz}, {@code zstd}…
 * @param fileHash of the file there
 * @param fileSize of the file there, in bytes
 * @param narHash SHA-256 of the NAR
 * @param narSize at least 1
 * @param references the path itself among them if it refers to itself
 * @param signatures {@code name:base64}
 * @param object the CID of the store object, whose blocks the cache's gateway has; Nix passes over
 *     this line
 * @param objectSignatures {@code name:base64}, of those who vouch for {@code object}; without them
 *     what it leads to must be held to the NAR hash
 */
public record NarInfo(
    StorePath path,
    String url,
    String compression,
    Optional<Hash> fileHash,
    OptionalLong fileSize,
    Hash narHash,
    long narSize,
    SortedSet<StorePath> references,
    Optional<StorePath> deriver,
    List<String> signatures,
    Optional<ContentAddress> contentAddress,
    Optional<String> object,
    List<String> objectSignatures) {
  /**
   * What a store in another folder calls otherwise: the same content under a path of this store,
   * without what was said of the other path alone.
   */
  public NarInfo calledHere(StorePath here) {
    return new NarInfo(
        here,
        url,
        compression,
        fileHash,
        fileSize,
        narHash,
        narSize,
        references,
        Optional.empty(),
        List.of(),
        contentAddress);
  }

  /** One that does not say where its blocks are. */
  public NarInfo(
      StorePath path,
      String url,
      String compression,
      Optional<Hash> fileHash,
      OptionalLong fileSize,
      Hash narHash,
      long narSize,
      SortedSet<StorePath> references,
      Optional<StorePath> deriver,
      List<String> signatures,
      Optional<ContentAddress> contentAddress) {
    this(
        path,
        url,
        compression,
        fileHash,
        fileSize,
        narHash,
        narSize,
        references,
        deriver,
        signatures,
        contentAddress,
        Optional.empty(),
        List.of());
  }

  /** What it says of the NAR. */
  public ForeignObject foreign() {
    return new ForeignObject(
        path, narHash, narSize, references, deriver, new TreeSet<>(signatures), contentAddress);
  }

  /** The text, lines in Nix's order. */
  public String print(StoreDir dir) {
    StringBuilder out = new StringBuilder(512);
    line(out, "StorePath", dir.print(path));
    line(out, "URL", url);
    line(out, "Compression", compression);
    fileHash.ifPresent(h -> line(out, "FileHash", h.toString()));
    fileSize.ifPresent(s -> line(out, "FileSize", Long.toString(s)));
    line(out, "NarHash", narHash.toString());
    line(out, "NarSize", Long.toString(narSize));
    line(
        out,
        "References",
        references.stream().map(StorePath::toString).collect(Collectors.joining(" ")));
    deriver.ifPresent(d -> line(out, "Deriver", d.toString()));
    signatures.forEach(s -> line(out, "Sig", s));
    contentAddress.ifPresent(ca -> line(out, "CA", ca.toString()));
    object.ifPresent(o -> line(out, "StoreObject", o));
    if (!objectSignatures.isEmpty()) {
      line(out, "StoreObjectSigs", String.join(" ", objectSignatures));
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(name).append(": ").append(value).append('\n');
  }
}
