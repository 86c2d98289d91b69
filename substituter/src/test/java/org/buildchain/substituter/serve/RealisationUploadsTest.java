package org.buildchain.substituter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;

/** What {@code nix copy --to http://…} sends of content-addressed outputs. */
class RealisationUploadsTest extends UploadFixture {
  private static final String ID = "sha256:" + "ab".repeat(32) + "!out";
  private static final Store.RealisationId OUTPUT = Store.RealisationId.parse(ID);

  private StorePath add(String name) throws IOException {
    return store.addTexts(List.of(new Store.Text(name, "content", new TreeSet<>()))).getFirst();
  }

  private int put(String id, String authorization, String json) throws Exception {
    return put("realisations/" + id + ".doi", authorization, json.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(StorePath path, String signature) {
    return "{\"dependentRealisations\":{},\"id\":\""
        + ID
        + "\",\"outPath\":\""
        + path
        + "\",\"signatures\":[\""
        + signature
        + "\"]}";
  }

  @Test
  void theyAreRecordedWhereThePathIs() throws Exception {
    StorePath path = add("path");
    assertEquals(401, put(ID, "Bearer another token of a length", json(path, "a:c2ln")));
    assertEquals(Optional.empty(), store.realisation(OUTPUT));
    assertEquals(201, put(ID, RIGHT, json(path, "a:c2ln")));
    assertEquals(200, put(ID, RIGHT, json(path, "b:c2ln")));
    assertEquals(Optional.of(path), store.realisation(OUTPUT));
    assertEquals(Set.of("a:c2ln", "b:c2ln"), store.realisationSignatures(OUTPUT));
    assertEquals(200, get("realisations/" + ID + ".doi").statusCode());
  }

  @Test
  void whatIsWrongChangesNothing() throws Exception {
    StorePath path = add("path");
    StorePath absent = StorePath.parse(HASH + "-absent");
    assertEquals(400, put(ID, RIGHT, json(absent, "a:c2ln")));
    assertEquals(400, put(ID.replace("!out", "!dev"), RIGHT, json(path, "a:c2ln")));
    assertEquals(400, put(ID, RIGHT, "{}"));
    assertEquals(400, put(ID, RIGHT, "nothing"));
    assertEquals(413, put(ID, RIGHT, " ".repeat(2 << 20)));
    assertEquals(405, put("../" + ID, RIGHT, json(path, "a:c2ln")));
    assertEquals(Optional.empty(), store.realisation(OUTPUT));
    assertEquals(201, put(ID, RIGHT, json(path, "a:c2ln")));
    assertEquals(409, put(ID, RIGHT, json(add("another"), "a:c2ln")));
    assertEquals(Optional.of(path), store.realisation(OUTPUT));
  }
}
