package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/** What is known of a path, on the wire: {@code UnkeyedValidPathInfo}. */
public final class PathInfos {
  private PathInfos() {}

  /** Writes what this store knows of a path. The path itself is not written. */
  public static void write(WireWriter out, PathInfo info) throws IOException {
    out.path(info.deriver()).text(info.narHash().encode(Hash.Format.BASE16));
    out.paths(info.references()).number(info.registered().getEpochSecond());
    out.number(info.narSize()).flag(info.ultimate()).texts(info.signatures());
    out.text(info.contentAddress().map(ContentAddress::toString).orElse(""));
  }

  /** Reads what a client says of a path that it is about to send. */
  public static ForeignObject read(WireReader in, StorePath path) throws IOException {
    Optional<StorePath> deriver = in.optionalPath();
    Hash narHash = Hash.parse(in.text(256), Optional.of(HashAlgorithm.SHA256));
    SortedSet<StorePath> references = in.paths();
    in.number(); // when it became valid there
    long narSize = in.number();
    in.flag(); // whether it was built there
    SortedSet<String> signatures = new TreeSet<>(in.texts());
    String address = in.text(256);
    return new ForeignObject(
        path,
        narHash,
        narSize,
        references,
        deriver,
        signatures,
        address.isEmpty() ? Optional.empty() : Optional.of(ContentAddress.parse(address)));
  }
}
