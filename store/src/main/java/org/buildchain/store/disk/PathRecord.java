package org.buildchain.store.disk;

import static org.buildchain.store.database.Table.OBJECTS;
import static org.buildchain.store.database.Table.PATHS;
import static org.buildchain.store.database.Table.REFERRERS;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.database.Transaction;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.DagCbor;
import org.buildchain.store.ipld.Ipld;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/** What the database says of a path, as dag-cbor. */
final class PathRecord {
  private PathRecord() {}

  /** Makes a path valid. */
  static void register(Transaction w, PathInfo info) {
    byte[] key = Octets.bytes(info.path().toString());
    w.put(PATHS, key, encode(info));
    w.put(OBJECTS, Cid.parse(info.object()).bytes(), key);
    for (StorePath reference : info.references()) {
      if (!reference.equals(info.path())) {
        w.put(REFERRERS, Octets.bytes(reference + "\0" + info.path()), new byte[0]);
      }
    }
  }

  static byte[] encode(PathInfo info) {
    TreeMap<String, Ipld> map = new TreeMap<>();
    map.put("object", new Ipld.Link(Cid.parse(info.object())));
    map.put("narHash", new Ipld.Bytes(info.narHash().bytes()));
    map.put("narSize", new Ipld.Int(info.narSize()));
    map.put("references", texts(info.references().stream().map(StorePath::toString).toList()));
    map.put("registered", new Ipld.Int(info.registered().getEpochSecond()));
    map.put("ultimate", new Ipld.Bool(info.ultimate()));
    map.put("signatures", texts(info.signatures()));
    info.deriver().ifPresent(d -> map.put("deriver", new Ipld.Text(d.toString())));
    info.contentAddress().ifPresent(ca -> map.put("ca", new Ipld.Text(ca.toString())));
    return DagCbor.encode(new Ipld.Map(map));
  }

  private static Ipld texts(Collection<String> values) {
    return new Ipld.Array(List.copyOf(values.stream().map(Ipld.Text::new).toList()));
  }

  static PathInfo decode(StorePath path, byte[] bytes) {
    String what = "database record of " + path;
    Fields f = new Fields(what, DagCbor.decode(what, bytes));
    TreeSet<StorePath> references = new TreeSet<>();
    f.texts("references").forEach(t -> references.add(StorePath.parse(t)));
    return new PathInfo(
        path,
        f.link("object").toString(),
        new Hash(HashAlgorithm.SHA256, f.bytes("narHash")),
        f.number("narSize"),
        references,
        f.optionalText("deriver").map(StorePath::parse),
        Instant.ofEpochSecond(f.number("registered")),
        f.flag("ultimate"),
        new TreeSet<>(f.texts("signatures")),
        f.optionalText("ca").map(ContentAddress::parse));
  }

  /** The object of what {@link #decode} reads. */
  static Cid object(StorePath path, byte[] bytes) {
    String what = "database record of " + path;
    return new Fields(what, DagCbor.decode(what, bytes)).link("object");
  }

  /** The same with another deriver. */
  static PathInfo withDeriver(PathInfo i, StorePath deriver) {
    return new PathInfo(
        i.path(),
        i.object(),
        i.narHash(),
        i.narSize(),
        i.references(),
        Optional.of(deriver),
        i.registered(),
        i.ultimate(),
        i.signatures(),
        i.contentAddress());
  }

  /** The same with more signatures. */
  static PathInfo withSignatures(PathInfo i, SortedSet<String> signatures) {
    TreeSet<String> all = new TreeSet<>(i.signatures());
    all.addAll(signatures);
    return new PathInfo(
        i.path(),
        i.object(),
        i.narHash(),
        i.narSize(),
        i.references(),
        i.deriver(),
        i.registered(),
        i.ultimate(),
        all,
        i.contentAddress());
  }
}
