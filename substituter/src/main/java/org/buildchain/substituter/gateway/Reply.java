package org.buildchain.substituter.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/**
 * What a gateway answers.
 *
 * @param status of HTTP; anything but 200 has a message for a person as its content
 * @param tag an entity tag
 * @param headers besides the tag and the media type
 */
public record Reply(
    int status, String type, Optional<String> tag, Map<String, String> headers, Content content) {
  /** The bytes of an answer. */
  public sealed interface Content {
    /** All of them at once. */
    record Held(byte[] bytes) implements Content {}

    /** A stream whose length is not known. */
    record Streamed(Writing writing) implements Content {}
  }

  /** Writes a stream. */
  @FunctionalInterface
  public interface Writing {
    /**
     * Writes all of it.
     *
     * @throws IOException if it could not be: what was written must not look complete
     */
    void run(OutputStream out) throws IOException;
  }

  static Reply message(int status, String text) {
    return new Reply(
        status,
        "text/plain; charset=utf-8",
        Optional.empty(),
        Map.of(),
        new Content.Held((text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
