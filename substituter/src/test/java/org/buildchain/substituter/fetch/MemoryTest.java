package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final Memory memory = new Memory(clock, 10_000);

  private boolean isKnown() {
    return memory.get("cache", "name").isPresent();
  }

  @Test
  void answersHoldForTheirTime() {
    memory.put("cache", "name", Optional.empty(), HOUR);
    assertEquals(Optional.of(Optional.empty()), memory.get("cache", "name"));
    now = now.plus(HOUR);
    assertEquals(true, isKnown());
    now = now.plusSeconds(1);
    assertEquals(false, isKnown());
  }

  /** It was a year ahead: that there is nothing would be believed for a year. */
  @Test
  void clocksThatAreSetBackEndThem() {
    memory.put("cache", "name", Optional.empty(), HOUR);
    now = now.minus(Duration.ofDays(365));
    assertEquals(false, isKnown());
    memory.put("cache", "name", Optional.empty(), HOUR);
    assertEquals(true, isKnown());
  }
}
