package org.buildchain.daemon.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Names and kinds: {@code nix config show --json} of Nix 2.26.3. */
class NixSettingsTest {
  @Test
  void oldNamesAreKnown() {
    assertEquals("cores", NixSettings.current("build-cores"));
    assertEquals("extra-substituters", NixSettings.current("extra-binary-caches"));
    assertEquals("no-such", NixSettings.current("no-such"));
  }

  @Test
  void settingsOfNixAloneAreForeign() {
    assertTrue(NixSettings.isForeign("fsync-metadata"));
    assertTrue(NixSettings.isForeign("user-agent-suffix"));
    assertTrue(NixSettings.isForeign("extra-trusted-substituters"));
    assertFalse(NixSettings.isForeign("extra-platforms"));
    assertFalse(NixSettings.isForeign("extra-system-features"));
    assertFalse(NixSettings.isForeign("sandbox"));
    assertFalse(NixSettings.isForeign("extra-experimental-features"));
    assertFalse(NixSettings.isForeign("no-such"));
  }

  @Test
  void flagsTakeNoValue() {
    assertTrue(NixSettings.isFlag("warn-dirty"));
    assertFalse(NixSettings.isFlag("max-jobs"));
    assertTrue(NixSettings.takesValue("max-jobs"));
    assertTrue(NixSettings.takesValue("http-connections"));
    assertFalse(NixSettings.takesValue("warn-dirty"));
  }
}
