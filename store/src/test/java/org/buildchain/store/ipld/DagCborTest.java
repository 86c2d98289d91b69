package org.buildchain.store.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.upokecenter.cbor.CBOREncodeOptions;
import com.upokecenter.cbor.CBORObject;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

/** Bytes expected are those of com.upokecenter:cbor in its canonical CTAP2 form. */
class DagCborTest {
  private static final long[] NUMBERS = {
    0,
    1,
    23,
    24,
    255,
    256,
    65535,
    65536,
    0xffffffffL,
    0x100000000L,
    Long.MAX_VALUE,
    -1,
    -24,
    -25,
    -256,
    -257,
    Long.MIN_VALUE
  };

  @Test
  void agreesWithAnotherImplementation() {
    CBORObject expected = CBORObject.NewMap();
    TreeMap<String, Ipld> map = new TreeMap<>();
    for (long n : NUMBERS) {
      expected.Add("n" + n, n);
      map.put("n" + n, new Ipld.Int(n));
    }
    expected.Add("text", "grüße").Add("yes", true).Add("no", false).Add("none", null);
    map.put("text", new Ipld.Text("grüße"));
    map.put("yes", new Ipld.Bool(true));
    map.put("no", new Ipld.Bool(false));
    map.put("none", new Ipld.Null());
    expected.Add("list", CBORObject.NewArray().Add(new byte[300]).Add(CBORObject.NewArray()));
    map.put(
        "list", new Ipld.Array(List.of(new Ipld.Bytes(new byte[300]), new Ipld.Array(List.of()))));
    byte[] theirs = expected.EncodeToBytes(new CBOREncodeOptions("ctap2canonical=true"));
    byte[] ours = DagCbor.encode(new Ipld.Map(map));
    assertArrayEquals(theirs, ours);
    assertArrayEquals(theirs, DagCbor.encode(DagCbor.decode("test", theirs)));
  }

  @Test
  void linksAreTag42WithALeadingZero() {
    Cid cid = Cid.of(Cid.Codec.RAW, new byte[0]);
    byte[] bytes = DagCbor.encode(new Ipld.Link(cid));
    // Tag 42 is d8 2a, bytes of length 37 are 58 25 (RFC 8949, section 3), then the zero.
    assertEquals("d82a582500", HexFormat.of().formatHex(bytes, 0, 5));
    assertEquals(new Ipld.Link(cid), DagCbor.decode("test", bytes));
  }

  @Test
  void refusesWhatIsNotStrict() {
    for (String bad :
        List.of(
            "", // nothing
            "1801", // 1 in two bytes
            "190001", // 1 in three bytes
            "5f4100ff", // indefinite length
            "a2616201616101", // keys out of order
            "a2616101616102", // a key twice
            "f93c00", // a floating-point number
            "6180", // no UTF-8
            "c101", // another tag
            "82", // a list that ends early
            "0000")) { // two values
      assertThrows(
          FormatException.class,
          () -> DagCbor.decode("test", HexFormat.of().parseHex(bad)),
          () -> bad);
    }
  }
}
