package org.buildchain.daemon.command.store;

import java.util.List;
import org.buildchain.store.PathInfo;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is known of a path, under the names that {@code nix path-info --json} uses, and its CID. */
final class PathInfoJson {
  private PathInfoJson() {}

  static void write(ObjectNode to, DiskStore store, PathInfo info) {
    to.put("path", store.dir().print(info.path()));
    to.put("cid", info.object());
    to.put("narHash", info.narHash().encode(Hash.Format.SRI));
    to.put("narSize", info.narSize());
    ArrayNode references = to.putArray("references");
    info.references().forEach(r -> references.add(store.dir().print(r)));
    info.deriver().ifPresent(d -> to.put("deriver", store.dir().print(d)));
    to.put("registrationTime", info.registered().getEpochSecond());
    to.put("ultimate", info.ultimate());
    ArrayNode signatures = to.putArray("signatures");
    info.signatures().forEach(signatures::add);
    info.contentAddress().ifPresent(ca -> to.put("ca", ca.toString()));
  }

  /** The same in the form that Nix 2.26 prints, in the order of its keys. */
  static void writeAsNix(ObjectNode to, DiskStore store, PathInfo info, boolean closureSize) {
    info.contentAddress()
        .ifPresentOrElse(ca -> to.put("ca", ca.toString()), () -> to.putNull("ca"));
    if (closureSize) {
      to.put("closureSize", closureSize(store, info.path()));
    }
    info.deriver()
        .ifPresentOrElse(d -> to.put("deriver", store.dir().print(d)), () -> to.putNull("deriver"));
    to.put("narHash", info.narHash().encode(Hash.Format.SRI));
    to.put("narSize", info.narSize());
    ArrayNode references = to.putArray("references");
    info.references().forEach(r -> references.add(store.dir().print(r)));
    to.put("registrationTime", info.registered().getEpochSecond());
    ArrayNode signatures = to.putArray("signatures");
    info.signatures().forEach(signatures::add);
    to.put("ultimate", info.ultimate());
  }

  /** The NARs of a path's closure together, in bytes. */
  static long closureSize(DiskStore store, StorePath path) {
    return store.closure(List.of(path)).stream()
        .mapToLong(p -> store.query(p).map(PathInfo::narSize).orElse(0L))
        .sum();
  }
}
