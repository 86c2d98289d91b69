package org.buildchain.daemon.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected values: Nix manual 2.26, "builders" in nix.conf. */
class MachineTest {
  private static final String HERE = "x86_64-linux";

  private static Machine one(String line) {
    List<Machine> machines = Machine.parse(line, HERE);
    assertEquals(1, machines.size());
    return machines.getFirst();
  }

  @Test
  void fieldsHaveNixsMeaningsAndDefaults() {
    assertEquals(
        new Machine(
            "ssh://nix@scratchy.example.org",
            new TreeSet<>(Set.of("i686-linux", "x86_64-linux")),
            Optional.of("/home/nix/.ssh/id_scratchy"),
            8,
            1.5f,
            new TreeSet<>(Set.of("kvm")),
            new TreeSet<>(Set.of("benchmark")),
            Optional.of("c3NoLXJzYSBBQUFB")),
        one(
            "nix@scratchy.example.org i686-linux,x86_64-linux /home/nix/.ssh/id_scratchy 8 1.5 kvm"
                + " benchmark c3NoLXJzYSBBQUFB"));
    assertEquals(
        new Machine(
            "ssh-ng://mac",
            new TreeSet<>(Set.of(HERE)),
            Optional.empty(),
            1,
            1,
            new TreeSet<>(),
            new TreeSet<>(),
            Optional.empty()),
        one("ssh-ng://mac - - - 0 - -"));
  }

  @Test
  void linesComeFromSeveralPlaces(@TempDir Path folder) throws IOException {
    Path inner = Files.writeString(folder.resolve("inner"), "c\n\n# nobody\nd # somebody\n");
    Path outer = Files.writeString(folder.resolve("outer"), "b\n@" + inner + "\n");
    assertEquals(
        List.of("ssh://a", "ssh://b", "ssh://c", "ssh://d", "ssh://e"),
        Machine.parse("a; @" + outer + " ; @" + folder.resolve("absent") + "\n e", HERE).stream()
            .map(Machine::url)
            .toList());
    Files.writeString(inner, "@" + outer);
    assertThrows(FormatException.class, () -> Machine.parse("@" + outer, HERE));
  }

  @Test
  void aMachineTakesWhatItHasTheFeaturesFor() {
    Machine plain = one("a x86_64-linux - 1 1 kvm");
    assertTrue(plain.suits(HERE, new TreeSet<>()));
    assertTrue(plain.suits("builtin", new TreeSet<>()));
    assertTrue(plain.suits(HERE, new TreeSet<>(Set.of("kvm"))));
    assertFalse(plain.suits("aarch64-linux", new TreeSet<>()));
    assertFalse(plain.suits(HERE, new TreeSet<>(Set.of("kvm", "benchmark"))));
    Machine demanding = one("a x86_64-linux - 1 1 kvm benchmark");
    assertFalse(demanding.suits(HERE, new TreeSet<>(Set.of("kvm"))));
    assertTrue(demanding.suits(HERE, new TreeSet<>(Set.of("kvm", "benchmark"))));
  }

  @Test
  void mistakesAreTold() {
    assertWrong("- x86_64-linux", "store URL was not found at the first column");
    assertWrong("a - - many", "failed to convert column #3 in a row: 'a - - many'");
    assertWrong("a - - 1 fast", "failed to convert column #4");
    assertWrong("a - - 1 -1", "speed factor must be >= 0");
    assertWrong("a - - 1 1 - - ?", "column #7");
  }

  private static void assertWrong(String line, String message) {
    FormatException e = assertThrows(FormatException.class, () -> Machine.parse(line, HERE));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
