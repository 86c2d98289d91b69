package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.buildchain.store.ipld.Cid;
import org.junit.jupiter.api.Test;

class CidTableTest {
  /** Against the collections of the platform, over several times that the table grows. */
  @Test
  void everyBlockHasTheNumberThatItWasLastGiven() {
    Random random = new Random(7);
    Map<Cid, Integer> expected = new HashMap<>();
    Cid[] cids = new Cid[3000];
    try (CidTable table = new CidTable()) {
      for (int i = 0; i < cids.length; i++) {
        byte[] digest = new byte[32];
        random.nextBytes(digest);
        cids[i] = new Cid(Cid.Codec.RAW, digest);
      }
      for (int i = 0; i < 8000; i++) {
        Cid cid = cids[random.nextInt(cids.length)];
        int value = random.nextBoolean() ? -1 : 1 + random.nextInt(9);
        Integer before = expected.put(cid, value);
        assertEquals(before == null ? 0 : before, table.put(cid, value));
      }
      for (Cid cid : cids) {
        assertEquals(expected.getOrDefault(cid, 0), table.get(cid));
      }
    }
  }
}
