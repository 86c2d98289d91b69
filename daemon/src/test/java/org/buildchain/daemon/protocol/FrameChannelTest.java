package org.buildchain.daemon.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import org.buildchain.daemon.protocol.wire.ServerFrame;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

class FrameChannelTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private FrameChannel channel(byte... input) {
    ReadableByteChannel in = Channels.newChannel(new ByteArrayInputStream(input));
    WritableByteChannel out = Channels.newChannel(written);
    return new FrameChannel(
        new ByteChannel() {
          @Override
          public int read(ByteBuffer into) throws IOException {
            return in.read(into);
          }

          @Override
          public int write(ByteBuffer from) throws IOException {
            return out.write(from);
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        });
  }

  private Optional<ServerFrame> read(byte... input) throws IOException {
    return channel(input).read(ServerFrame.parser(), 100);
  }

  @Test
  void aFrameIsItsLengthAndAMessage() throws IOException {
    ServerFrame frame = ServerFrame.newBuilder().setStdout(ByteString.copyFromUtf8("hi")).build();
    channel().write(frame);
    // Field 1 of bytes is 0a, its length 02 (protobuf.dev, "Encoding").
    assertEquals(
        "0000000" + "4" + "0a026869", java.util.HexFormat.of().formatHex(written.toByteArray()));
    assertEquals(Optional.of(frame), read(written.toByteArray()));
    assertEquals(Optional.empty(), read());
  }

  @Test
  void badFramesAreRefused() {
    assertThrows(FormatException.class, () -> read((byte) 0, (byte) 0));
    assertThrows(
        FormatException.class, () -> read((byte) 0, (byte) 0, (byte) 0, (byte) 2, (byte) 8));
    assertThrows(
        FormatException.class, () -> read((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 8));
    FormatException tooLong =
        assertThrows(FormatException.class, () -> read((byte) 0, (byte) 0, (byte) 0, (byte) 101));
    assertTrue(tooLong.getMessage().contains("101"), tooLong.getMessage());
    assertThrows(
        FormatException.class, () -> read((byte) -1, (byte) -1, (byte) -1, (byte) -1, (byte) 0));
  }
}
