package org.buildchain.daemon.nix.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.PathInfo;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;

/**
 * {@code nix-store --export}. Source of the format: {@code export-import.cc}. Numbers are 64 bits,
 * little-endian; a text is its length, its bytes, and zeros up to a multiple of 8.
 */
@Command(
    name = "nix-store --export",
    description = "Writes store paths to standard output, for 'nix-store --import'.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --export $(nix-store -qR ./result) > closure")
final class StoreExport extends StoreOperation {
  static final long MAGIC = 0x4558494eL;
  private static final int ALIGNMENT = 8;

  @Override
  protected int run() throws IOException {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String given : arguments()) {
      paths.add(object(given));
    }
    // Closed, it would only be flushed.
    OutputStream out = new BufferedOutputStream(context.caller().out(), 1 << 16);
    for (StorePath path : ReferenceOrder.of(store(), paths)) {
      PathInfo info = info(path);
      number(out, 1);
      Nar.write(store().open(path), StoreDump.to(out));
      number(out, MAGIC);
      text(out, print(path));
      number(out, info.references().size());
      for (StorePath reference : info.references()) {
        text(out, print(reference));
      }
      text(out, info.deriver().map(this::print).orElse(""));
      number(out, 0);
    }
    number(out, 0);
    out.flush();
    return 0;
  }

  private static void number(OutputStream out, long value) throws IOException {
    out.write(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private static void text(OutputStream out, String octets) throws IOException {
    number(out, octets.length());
    out.write(Octets.bytes(octets));
    out.write(new byte[Math.floorMod(-octets.length(), ALIGNMENT)]);
  }
}
