package org.buildchain.substituter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of RFC 9112, and what its sections 2, 3, 5 and 6 have a server refuse. */
class RequestHeadTest {
  private static RequestHead get(String headers) throws BadRequestException {
    return RequestHead.parse("GET / HTTP/1.1\r\n" + headers);
  }

  private static int refused(String head) {
    return assertThrows(BadRequestException.class, () -> RequestHead.parse(head), head).status();
  }

  @Test
  void readsLinesAndHeaders() throws BadRequestException {
    RequestHead head =
        RequestHead.parse(
            "GET /nar/a%20b.nar?x=%20y HTTP/1.1\r\nHost: here\r\nACCEPT:\t a , b \r\nAccept: c");
    assertEquals("GET", head.method());
    assertEquals("/nar/a b.nar", head.path());
    assertEquals("x=%20y", head.query());
    assertEquals("a , b, c", head.header("accept"));
    assertEquals("", head.header("range"));
    assertTrue(head.keepsAlive());
    assertFalse(get("Connection: x, Close").keepsAlive());
    assertFalse(RequestHead.parse("GET / HTTP/1.0").keepsAlive());
  }

  /** Headers that are as before and those that are not. */
  @Test
  void headsOfAConnectionMeanWhatEachMeans() throws BadRequestException {
    RequestHeads heads = new RequestHeads();
    for (int round = 0; round < 2; round++) {
      for (String rest :
          List.of(
              " HTTP/1.1\r\nHost: x",
              " HTTP/1.1\r\nHost: x",
              " HTTP/1.0\r\nHost: x",
              " HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1",
              " HTTP/1.1",
              " HTTP/1.1\r\nLong: " + "x".repeat(1000),
              " HTTP/1.1\r\nTransfer-Encoding: chunked",
              " HTTP/1.1\r\nTransfer-Encoding: chunked")) {
        for (String target : List.of("/a", "//b/../.c~_-", "/a%20b?c")) {
          String head = "GET " + target + rest;
          assertEquals(RequestHead.parse(head), heads.parse(head), head);
        }
      }
      String chunked = " HTTP/1.0\r\nTransfer-Encoding: chunked";
      assertThrows(BadRequestException.class, () -> heads.parse("GET /" + chunked));
      assertThrows(BadRequestException.class, () -> heads.parse("GET / HTTP/1.1\r\nbad"));
      assertThrows(BadRequestException.class, () -> heads.parse("GET / HTTP/1.1\r\nbad"));
    }
    assertEquals("//b/../.c~_-", heads.parse("GET //b/../.c~_- HTTP/1.1").path());
  }

  @Test
  void targetsMayNameTheServer() throws BadRequestException {
    assertEquals("/a", RequestHead.parse("GET http://x:80/a?q HTTP/1.1").path());
    assertEquals("//x/a", RequestHead.parse("GET //x/a HTTP/1.1").path());
    assertEquals("*", RequestHead.parse("OPTIONS * HTTP/1.1").path());
  }

  @Test
  void bodiesAreFramedInOneWay() throws BadRequestException {
    assertEquals(17, get("Content-Length: 17").length());
    assertTrue(get("Transfer-Encoding: Chunked").isChunked());
    assertEquals(400, refused("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"));
    assertEquals(400, refused("GET / HTTP/1.0\r\nTransfer-Encoding: chunked"));
    assertEquals(400, refused("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2"));
    assertEquals(400, refused("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1"));
    assertEquals(501, refused("GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked"));
    assertEquals(
        501, refused("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"));
    for (String length : List.of("", "-1", "+1", "0x1", "1 2", "9223372036854775808")) {
      assertEquals(400, refused("GET / HTTP/1.1\r\nContent-Length: " + length), length);
    }
  }

  @Test
  void whatOthersMayReadOtherwiseIsRefused() {
    for (String head :
        List.of(
            "",
            "GET",
            "GET /",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "GET / http/1.1",
            "G\u0001T / HTTP/1.1",
            "GET /\n HTTP/1.1",
            "GET /%zz HTTP/1.1",
            "GET /\u0001 HTTP/1.1",
            "GET / HTTP/1.1\r\nA : b",
            "GET / HTTP/1.1\r\n: b",
            "GET / HTTP/1.1\r\nA",
            "GET / HTTP/1.1\r\nA: b\r\n c",
            "GET / HTTP/1.1\r\nA: b\nC: d",
            "GET / HTTP/1.1\r\nA: b\rC: d",
            "GET / HTTP/1.1\r\nA: b\0")) {
      assertEquals(400, refused(head), head);
    }
    assertEquals(505, refused("GET / HTTP/2.0"));
    assertEquals(431, refused("GET / HTTP/1.1" + "\r\nA: b".repeat(101)));
  }
}
