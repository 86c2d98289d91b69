package org.buildchain.substituter.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.buildchain.store.PathInfo;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.ObjectFingerprint;
import org.buildchain.substituter.signature.SecretKey;
import org.buildchain.substituter.worker.wire.Realisation;

/** The narinfos of a store's paths, signed. A signature costs more than all the rest: they stay. */
final class NarInfos {
  private static final long MAX_BYTES = 16L << 20;

  private final StoreDir dir;
  private final List<SecretKey> keys;
  private final Compression compression;
  private final Map<StorePath, Text> texts = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /** What was said when this was known. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Text(PathInfo info, byte[] bytes) {}

  NarInfos(StoreDir dir, List<SecretKey> keys, Compression compression) {
    this.dir = dir;
    this.keys = keys;
    this.compression = compression;
  }

  /** The text for a path. */
  byte[] text(PathInfo info) {
    synchronized (this) {
      Text text = texts.get(info.path());
      if (text != null && text.info().equals(info)) {
        return text.bytes();
      }
    }
    byte[] text = make(info).print(dir).getBytes(StandardCharsets.ISO_8859_1);
    keep(info, text);
    return text;
  }

  /** A realisation, signed with these keys, too. */
  byte[] realisation(Realisation realisation) {
    return realisation.signed(keys).json().getBytes(StandardCharsets.UTF_8);
  }

  private NarInfo make(PathInfo info) {
    boolean plain = compression == Compression.NONE;
    return new NarInfo(
        info.path(),
        NarName.of(info) + compression.suffix(),
        compression.nixName(),
        plain ? Optional.of(info.narHash()) : Optional.empty(),
        plain ? OptionalLong.of(info.narSize()) : OptionalLong.empty(),
        info.narHash(),
        info.narSize(),
        info.references(),
        info.deriver(),
        signatures(info),
        info.contentAddress(),
        Optional.of(info.object()),
        objectSignatures(info));
  }

  private static Fingerprint fingerprint(StoreDir dir, PathInfo info) {
    return new Fingerprint(dir, info.path(), info.narHash(), info.narSize(), info.references());
  }

  private List<String> objectSignatures(PathInfo info) {
    byte[] bytes = new ObjectFingerprint(fingerprint(dir, info), info.object()).bytes();
    return keys.stream().map(k -> k.sign(bytes)).toList();
  }

  private List<String> signatures(PathInfo info) {
    List<String> signatures = new ArrayList<>(info.signatures());
    byte[] fingerprint = fingerprint(dir, info).bytes();
    for (SecretKey key : keys) {
      String signature = key.sign(fingerprint);
      if (!signatures.contains(signature)) {
        signatures.add(signature);
      }
    }
    return signatures;
  }

  private synchronized void keep(PathInfo info, byte[] text) {
    if (text.length > MAX_BYTES / 16) {
      return;
    }
    Text before = texts.put(info.path(), new Text(info, text));
    bytes += text.length - (before == null ? 0 : before.bytes().length);
    var oldest = texts.values().iterator();
    while (bytes > MAX_BYTES) {
      bytes -= oldest.next().bytes().length;
      oldest.remove();
    }
  }
}
