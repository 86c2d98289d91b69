package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code bc store export} against npm's @ipld/car, and from one store to another. */
class CarPeerTest {
  @TempDir Path folder;

  private static String run(Path in, Bc bc, String command) {
    return Command.run(
            in,
            java.util.Map.of("BC_ROOT", bc.root().toString()),
            java.util.List.of("sh", "-ec", Bc.program() + " " + command))
        .orFail();
  }

  @Test
  void carFilesAreReadByOthersAndByAnotherStore() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/sub"));
    byte[] large = new byte[(3 << 20) + 1];
    new Random(1).nextBytes(large);
    Files.write(tree.resolve("large"), large);
    Files.writeString(tree.resolve("small"), "small");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("small"));
    try (Bc from = new Bc();
        Bc to = new Bc()) {
      String path = run(folder, from, "store add tree").strip();
      JsonNode info =
          new ObjectMapper().readTree(run(folder, from, "store path-info --json " + path)).get(0);
      String cid = info.get("cid").stringValue();
      String treeCid = IpfsPeer.unixFs(java.util.List.of(folder.resolve("tree"))).getFirst();
      for (int version : new int[] {1, 2}) {
        Path car = folder.resolve("v" + version + ".car");
        run(folder, from, "store export --car-version " + version + " " + cid + " > " + car);
        JsonNode read = new ObjectMapper().readTree(IpfsPeer.car(car));
        assertEquals(version, read.get("version").intValue());
        assertEquals("[\"" + cid + "\"]", read.get("roots").toString());
        // The object, two folders, the large file's node and four chunks, the small one, the link.
        assertEquals(10, read.get("blocks").size());
        assertEquals(path, run(folder, to, "store import < " + car).strip());
        // The other direction: a file that @ipld/car has written.
        Path copied = folder.resolve("copied-" + version + ".car");
        IpfsPeer.copyCar(car, copied);
        try (Bc fresh = new Bc()) {
          assertEquals(path, run(folder, fresh, "store import < " + copied).strip());
          assertEquals("small", run(folder, fresh, "store cat " + path + "/sub/small"));
        }
      }
      Path alone = folder.resolve("tree.car");
      run(folder, from, "store export --tree " + path + " > " + alone);
      JsonNode read = new ObjectMapper().readTree(IpfsPeer.car(alone));
      assertEquals("[\"" + treeCid + "\"]", read.get("roots").toString());
      assertEquals(9, read.get("blocks").size());
      assertEquals("small", run(folder, to, "store cat " + path + "/sub/small"));
      assertTrue(run(folder, to, "store verify").contains("1 paths checked, 0 problems"));
      assertEquals(1, to.run("store", "import", alone.toString()).status());
    }
  }
}
