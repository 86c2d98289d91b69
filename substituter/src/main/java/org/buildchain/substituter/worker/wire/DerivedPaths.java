package org.buildchain.substituter.worker.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.StoreException;
import org.buildchain.store.path.StoreDir;

/** What can be asked for, on the wire: {@code path}, {@code drv!out,dev} or {@code drv!*}. */
public final class DerivedPaths {
  private static final int MAX_LENGTH = 1 << 16;

  /** Nix's words for derivations that are built by derivations, which its daemon refuses, too. */
  static final String DYNAMIC = "Building dynamic derivations in one shot is not yet implemented.";

  private DerivedPaths() {}

  /**
   * One of a request.
   *
   * @param text as the client wrote it
   */
  public record Asked(String text, DerivedPath path) {}

  /**
   * Reads a list of them.
   *
   * @throws org.buildchain.store.format.FormatException if there are more than {@link
   *     WireReader#MAX_ITEMS}, or one is none
   */
  public static List<Asked> read(WireReader in, StoreDir dir) throws IOException {
    int count = in.number("number of paths", WireReader.MAX_ITEMS);
    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = in.text(MAX_LENGTH);
      asked.add(new Asked(text, parse(dir, text)));
    }
    return asked;
  }

  /**
   * Reads one; for {@code *} the outputs are empty, which means all.
   *
   * @throws org.buildchain.store.format.FormatException if there is no store path in it
   * @throws StoreException if it is an output of what another output describes
   */
  public static DerivedPath parse(StoreDir dir, String text) {
    int at = text.lastIndexOf('!');
    if (at < 0) {
      return new DerivedPath.Opaque(StorePaths.parse(dir, text));
    }
    if (text.lastIndexOf('!', at - 1) >= 0) {
      throw new StoreException(DYNAMIC);
    }
    String outputs = text.substring(at + 1);
    return new DerivedPath.Built(
        StorePaths.parse(dir, text.substring(0, at)),
        outputs.equals("*") ? new TreeSet<>() : new TreeSet<>(Arrays.asList(outputs.split(","))));
  }

  static String print(StoreDir dir, DerivedPath path) {
    return switch (path) {
      case DerivedPath.Opaque o -> dir.print(o.path());
      case DerivedPath.Built b ->
          dir.print(b.derivation())
              + "!"
              + (b.outputs().isEmpty() ? "*" : String.join(",", b.outputs()));
    };
  }
}
