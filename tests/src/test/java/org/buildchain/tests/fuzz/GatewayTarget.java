package org.buildchain.tests.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.gateway.Reply;
import org.buildchain.substituter.gateway.TrustlessGateway;

/**
 * Requests to the gateway: a line with a path below a CID, one with a query, one with {@code
 * Accept}, and the block that the CID names, which anybody may have made.
 */
public final class GatewayTarget {
  private static final Path LOOSE = temporary("loose");
  private static final TrustlessGateway GATEWAY = gateway();

  private GatewayTarget() {}

  private static Path temporary(String name) {
    try {
      return Files.createTempDirectory(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrustlessGateway gateway() {
    try {
      return new TrustlessGateway(
          new DiskStore(temporary("root"), StoreDir.DEFAULT, Clock.systemUTC()), LOOSE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    String[] lines = new String(data, StandardCharsets.ISO_8859_1).split("\n", 4);
    if (lines.length < 4) {
      return;
    }
    byte[] block = Arrays.copyOfRange(data, data.length - lines[3].length(), data.length);
    Cid.Codec codec = lines[1].length() % 2 == 0 ? Cid.Codec.DAG_PB : Cid.Codec.DAG_CBOR;
    Cid cid = Cid.of(codec, block);
    Path file = LOOSE.resolve(cid.toString());
    Files.write(file, block);
    try {
      Reply reply = GATEWAY.get(cid + lines[0], lines[1], lines[2]);
      if (reply.status() < 200 || reply.status() > 499) {
        throw new AssertionError("status " + reply.status());
      }
      if (reply.content() instanceof Reply.Content.Streamed(Reply.Writing writing)) {
        writing.run(OutputStream.nullOutputStream());
      }
    } catch (FormatException | StoreException e) {
      // The block is none of its codec, or leads to what is not here.
    } finally {
      Files.delete(file);
    }
  }
}
