package org.buildchain.tests.fuzz;

import java.nio.charset.StandardCharsets;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;

/** The reader of narinfos: what it accepts is, printed and read again, the same. */
public final class NarInfoTarget {
  private NarInfoTarget() {}

  public static void fuzzerTestOneInput(byte[] data) {
    NarInfo info;
    try {
      info = NarInfoReader.read("fuzz", StoreDir.DEFAULT, data);
    } catch (FormatException e) {
      return;
    }
    byte[] printed = info.print(StoreDir.DEFAULT).getBytes(StandardCharsets.ISO_8859_1);
    if (!NarInfoReader.read("fuzz", StoreDir.DEFAULT, printed).equals(info)) {
      throw new AssertionError("a narinfo that is printed as another one");
    }
  }
}
