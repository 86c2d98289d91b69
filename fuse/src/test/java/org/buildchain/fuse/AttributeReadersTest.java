package org.buildchain.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AttributeReadersTest {
  @Test
  void whoLookedUpFilesIsToldOfThemAndTheOldestAreForgotten() {
    AttributeReaders readers = new AttributeReaders();
    assertFalse(readers.wants(7));
    readers.lookedUp(7);
    assertTrue(readers.wants(7));
    assertFalse(readers.wants(8));
    assertTrue(readers.wants(0), "a thread of another namespace can't be told from others");
    for (int thread = 10; thread < 10 + 1024; thread++) {
      readers.lookedUp(thread);
    }
    assertFalse(readers.wants(7));
    assertTrue(readers.wants(10));
  }
}
