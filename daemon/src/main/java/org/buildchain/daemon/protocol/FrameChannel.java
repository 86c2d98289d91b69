package org.buildchain.daemon.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.format.FormatException;

/**
 * Messages over a stream of bytes, each behind its length as 4 bytes, big-endian. One thread may
 * read while another writes.
 */
public final class FrameChannel implements AutoCloseable {
  /** The greatest length of a client's frame but for the request. */
  public static final int MAX_FRAME = 1 << 20;

  /** The greatest length of a request, which carries arguments and environment. */
  public static final int MAX_REQUEST = 8 << 20;

  private static final int HEADER = 4;

  private final ByteChannel channel;

  /** Takes over a channel in blocking mode; closing this closes it. */
  public FrameChannel(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Reads one message.
   *
   * @param limit the greatest length of the message in bytes
   * @return empty if the stream ended between two frames
   * @throws FormatException if the length exceeds the limit, the stream ends within a frame, or the
   *     bytes are no such message
   */
  public <M extends MessageLite> Optional<M> read(Parser<M> parser, int limit) throws IOException {
    Optional<byte[]> bytes = read(limit);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(parse(parser, bytes.get()));
  }

  /** As {@link #read(Parser, int)}, of a message's bytes. */
  public static <M extends MessageLite> M parse(Parser<M> parser, byte[] bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("frame", "is not the message expected: " + e.getMessage());
    }
  }

  /** As {@link #read(Parser, int)}; gives the message's bytes. */
  public Optional<byte[]> read(int limit) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    while (header.hasRemaining()) {
      if (channel.read(header) < 0) {
        if (header.position() == 0) {
          return Optional.empty();
        }
        throw new FormatException("frame", header.position(), "ended within its length");
      }
    }
    int length = header.getInt(0);
    if (length < 0 || length > limit) {
      throw new FormatException(
          "frame", "length " + Integer.toUnsignedString(length) + " exceeds the limit of " + limit);
    }
    ByteBuffer body = ByteBuffer.allocate(length);
    while (body.hasRemaining()) {
      if (channel.read(body) < 0) {
        throw new FormatException("frame", 4L + body.position(), "ended before its length");
      }
    }
    return Optional.of(body.array());
  }

  /** Writes one message, which must not exceed the reader's limit. */
  public void write(MessageLite message) throws IOException {
    write(frames(List.of(message)));
  }

  /** Writes what {@link #frames} gave. */
  public void write(byte[] frames) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(frames);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** Messages as they are written. */
  public static byte[] frames(List<? extends MessageLite> messages) {
    int length = messages.stream().mapToInt(m -> HEADER + m.getSerializedSize()).sum();
    ByteBuffer out = ByteBuffer.allocate(length);
    for (MessageLite message : messages) {
      out.putInt(message.getSerializedSize()).put(message.toByteArray());
    }
    return out.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
