package org.buildchain.diff.picture;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;

/** Reads PNG files (W3C, "Portable Network Graphics (PNG) Specification"): chunk by chunk. */
public final class PngReader {
  /** How a file begins. */
  public static final String MAGIC = "\u0089PNG\r\n\u001a\n";

  private static final String IMAGE = "IDAT";
  private static final String END = "IEND";
  private static final int BUFFER = 1 << 16;

  private final Bytes file;
  private final Budget budget;
  private final List<Entry> entries = new ArrayList<>();

  /** What the chunks of the image hold, and where the first of them begins. */
  private final ByteArrayOutputStream image = new ByteArrayOutputStream();

  private long imageStart = -1;

  private PngReader(Bytes file, Budget budget) {
    this.file = file;
    this.budget = budget;
  }

  /**
   * Takes a file apart and unpacks the image.
   *
   * @throws FormatException if it is not whole, or something stands behind its end
   */
  public static Layout read(Bytes file, Budget budget) {
    return new PngReader(file, budget).read();
  }

  private Layout read() {
    long at = MAGIC.length();
    String type = "";
    while (!type.equals(END)) {
      if (entries.size() >= Layout.MAX_ENTRIES) {
        throw new FormatException("PNG file", "more than " + Layout.MAX_ENTRIES + " chunks");
      }
      Bytes content = file.slice(at + 8, file.big(at, 4));
      type = file.slice(at + 4, 4).octets();
      CRC32 crc = new CRC32();
      crc.update(file.slice(at + 4, content.length() + 4L).buffer());
      if (file.big(at + 8 + content.length(), 4) != crc.getValue()) {
        throw new FormatException("PNG file", at, "the chunk has another CRC");
      }
      if (type.equals(IMAGE)) {
        imageStart = imageStart < 0 ? at : imageStart;
        budget.take(content.length());
        image.writeBytes(Octets.bytes(content.octets()));
      } else {
        endImage(at);
        entries.add(new Entry(type, List.of(chunk(type, content))));
      }
      at += 12 + content.length();
    }
    if (at != file.length()) {
      throw new FormatException("PNG file", at, "expected nothing behind the end");
    }
    return Layout.of(entries, Effect.CODE);
  }

  private static Piece chunk(String type, Bytes content) {
    return switch (type) {
      case "tIME" -> Piece.bytes("", content, DifferenceClass.TIME_STAMP, Effect.DATA);
      case "tEXt", "iTXt", "eXIf" ->
          Piece.strings("", content, DifferenceClass.UNKNOWN, Effect.CODE, Effect.DATA);
      default -> Piece.bytes("", content, DifferenceClass.UNKNOWN, Effect.CODE);
    };
  }

  private void endImage(long at) {
    if (imageStart < 0) {
      return;
    }
    entries.add(
        new Entry(
            "image",
            List.of(
                new Piece(
                    "",
                    unpacked(Bytes.of(image.toByteArray())),
                    Optional.of(file.slice(imageStart, at - imageStart)),
                    Piece.Reading.BYTES,
                    DifferenceClass.UNKNOWN,
                    Effect.CODE,
                    Effect.CODE))));
    image.reset();
    imageStart = -1;
  }

  private Bytes unpacked(Bytes packed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed.buffer());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[BUFFER];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 && !inflater.finished()) {
          throw new FormatException("PNG file", "expected more of its image");
        }
        budget.take(n);
        out.write(buffer, 0, n);
      }
      if (inflater.getBytesRead() != packed.length()) {
        throw new FormatException("PNG file", "something stands behind its image");
      }
      return Bytes.of(out.toByteArray());
    } catch (DataFormatException e) {
      throw new FormatException("PNG file", String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }
}
