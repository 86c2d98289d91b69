package org.buildchain.daemon.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path temp;

  private SettingsLoader.Loaded load(String system, String user) throws IOException {
    Files.writeString(temp.resolve("bc.conf"), system);
    Path config = Files.createDirectories(temp.resolve("home/.config/bc"));
    Files.writeString(config.resolve("bc.conf"), user);
    return SettingsLoader.load(temp, Map.of("HOME", temp.resolve("home").toString()));
  }

  @Test
  void theUsersFileComesAfterTheStores() throws IOException {
    Settings s = load("cores = 3\nmax-jobs = 2 # two\n\n", "# mine\n  cores   =   4\n").settings();
    assertEquals(4, s.number("cores"));
    assertEquals(2, s.maxJobs());
    assertEquals(5, s.with("cores", "5").number("cores"));
  }

  @Test
  void linesMayEndAndFilesBeginAsOnWindows() throws IOException {
    SettingsLoader.Loaded loaded = load("\uFEFFcores = 3\r\nmax-jobs = 2\r\n", "");
    assertEquals(List.of(), loaded.warnings());
    assertEquals(3, loaded.settings().number("cores"));
    assertEquals(2, loaded.settings().maxJobs());
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("bc.conf"));
    IOException e =
        assertThrows(IOException.class, () -> SettingsLoader.load(temp, Map.of("HOME", "/none")));
    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
  }

  @Test
  void listsAreWordsAndCanBeEmptiedOrExtended() throws IOException {
    assertTrue(Settings.initial().list("allowed-impure-host-deps").contains("/usr"));
    Settings s =
        load("allowed-impure-host-deps =\n", "extra-sandbox-paths = /a  /b=/c\n").settings();
    assertEquals(List.of(), s.list("allowed-impure-host-deps"));
    assertEquals(List.of("/a", "/b=/c"), s.list("sandbox-paths"));
    assertEquals(
        List.of("/a", "/b=/c", "/d"), s.with("extra-sandbox-paths", "/d").list("sandbox-paths"));
  }

  @Test
  void filesIncludeOthers() throws IOException {
    Files.writeString(temp.resolve("more.conf"), "timeout = 9\n");
    assertEquals(
        9, load("include more.conf\n!include absent.conf\n", "").settings().number("timeout"));
    assertThrows(FormatException.class, () -> load("include absent.conf\n", ""));
    FormatException circle =
        assertThrows(FormatException.class, () -> load("include bc.conf\n", ""));
    assertTrue(circle.getMessage().contains("too deeply"));
  }

  @Test
  void whatIsWrongIsNamedWithItsPlace() throws IOException {
    SettingsLoader.Loaded loaded = load("", "colour = red\n");
    assertEquals(1, loaded.warnings().size());
    assertTrue(loaded.warnings().getFirst().matches("unknown setting 'colour' \\(.*bc.conf:1\\)"));
    FormatException value =
        assertThrows(FormatException.class, () -> load("cores = 1\nkeep-going = maybe\n", ""));
    assertTrue(value.getMessage().contains("bc.conf:2"), value.getMessage());
    FormatException line = assertThrows(FormatException.class, () -> load("cores\n", ""));
    assertTrue(line.getMessage().contains("expected 'name = value'"), line.getMessage());
    assertThrows(FormatException.class, () -> Settings.initial().with("cores", "-1"));
    assertThrows(FormatException.class, () -> Settings.initial().with("max-jobs", "many"));
    assertThrows(FormatException.class, () -> Settings.initial().with("colour", "red"));
  }

  @Test
  void tokensAreNotShown() throws IOException {
    Settings s =
        load("access-tokens = a.b=s3cret\n", "extra-access-tokens = c=PAT:s3cret s3cret\n")
            .settings();
    assertEquals(List.of("a.b=s3cret", "c=PAT:s3cret", "s3cret"), s.list("access-tokens"));
    assertTrue(s.toText().contains("\naccess-tokens = a.b=(hidden) c=(hidden) =(hidden)\n"));
    assertFalse(s.toText().contains("s3cret"));
    assertFalse(NixSettings.text(s).contains("access-tokens"));
    FormatException malformed =
        assertThrows(FormatException.class, () -> load("", "access-tokens= a.b=s3cret\n"));
    assertFalse(malformed.getMessage().contains("s3cret"), malformed.getMessage());
  }
}
