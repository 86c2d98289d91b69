package org.buildchain.daemon.host.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchPathTest {
  @Test
  void entriesHavePrefixesPathsAndUrls() {
    assertEquals(
        List.of(
            Map.entry("mine", "/home/me/src"),
            Map.entry("", "/home/me"),
            Map.entry("nixpkgs", "https://example.org/n.tar.gz"),
            Map.entry("", "channel:stable"),
            Map.entry("", "/abs")),
        SearchPath.of(
            List.of("mine=src", "."),
            "nixpkgs=https://example.org/n.tar.gz:channel:stable::/abs/",
            "/home/me"));
  }

  @Test
  void pathsAreResolvedAsText() {
    assertEquals("/a/c", CanonicalPath.absolute("./b//../c/.", "/a"));
    assertEquals("/", CanonicalPath.absolute("../../..", "/a"));
    assertEquals("/x", CanonicalPath.absolute("/x/", "/a"));
    assertEquals("/", CanonicalPath.parent("/x"));
    assertEquals("y", CanonicalPath.baseName("/x/y"));
  }
}
