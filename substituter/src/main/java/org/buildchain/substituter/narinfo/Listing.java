package org.buildchain.substituter.narinfo;

import java.io.IOException;
import java.io.OutputStream;
import org.buildchain.store.format.Octets;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.tree.FileTree;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/**
 * A {@code .ls} file: what is in a tree, and where each file's content stands in the NAR. Source:
 * Nix manual, "Store object listing"; {@code src/libutil/nar-accessor.cc}.
 */
public final class Listing {
  private final NarWriter nar = new NarWriter((data, offset, length) -> {});
  private final JsonGenerator json;

  private Listing(JsonGenerator json) {
    this.json = json;
  }

  /** Writes a tree's listing. */
  public static void write(FileTree tree, OutputStream out) throws IOException {
    try (JsonGenerator json =
        new JsonFactory().createGenerator(tools.jackson.core.ObjectWriteContext.empty(), out)) {
      Listing listing = new Listing(json);
      listing.nar.begin();
      json.writeStartObject();
      json.writeNumberProperty("version", 1);
      json.writeName("root");
      listing.node(tree);
      json.writeEndObject();
    }
  }

  private void node(FileTree tree) throws IOException {
    json.writeStartObject();
    switch (tree) {
      case FileTree.Regular file -> {
        nar.beginFile(file.executable(), file.size());
        json.writeStringProperty("type", "regular");
        json.writeNumberProperty("size", file.size());
        if (file.executable()) {
          json.writeBooleanProperty("executable", true);
        }
        json.writeNumberProperty("narOffset", nar.written());
        nar.skip(file.size());
        nar.endFile(file.size());
      }
      case FileTree.Symlink link -> {
        String target = link.target();
        nar.symlink(target);
        json.writeStringProperty("type", "symlink");
        json.writeStringProperty("target", Octets.toText(target));
      }
      case FileTree.Directory folder -> {
        nar.beginDirectory();
        json.writeStringProperty("type", "directory");
        json.writeName("entries");
        json.writeStartObject();
        for (FileTree.Entry entry : folder.entries()) {
          nar.beginEntry(entry.name());
          json.writeName(Octets.toText(entry.name()));
          node(entry.node());
          nar.endEntry();
        }
        json.writeEndObject();
        nar.endDirectory();
      }
    }
    json.writeEndObject();
  }
}
