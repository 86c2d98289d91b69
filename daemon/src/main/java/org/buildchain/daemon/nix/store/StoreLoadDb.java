package org.buildchain.daemon.nix.store;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.DiskTree;
import picocli.CommandLine.Command;

/**
 * {@code nix-store --load-db}: what {@code --dump-db} printed becomes known again. Here an object
 * is its content, so that the files must stand in the store folder, and are taken from there.
 * Source of the format: {@code decodeValidPathInfo}.
 */
@Command(
    name = "nix-store --load-db",
    description =
        "Takes files that stand in the store folder into the store, as standard input, written by"
            + " 'nix-store --dump-db', describes them.",
    footerHeading = "%nExample:%n",
    footer = "  nix-store --load-db < registration")
final class StoreLoadDb extends StoreOperation {
  private static final int MAX_REFERENCES = 1 << 20;

  @Override
  protected int run() throws IOException {
    noArguments();
    Map<StorePath, ForeignObject> said = new LinkedHashMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(context.caller().in(), StandardCharsets.ISO_8859_1))) {
      for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
        ForeignObject object = object(store().dir().parse(line), in);
        said.put(object.path(), object);
      }
    }
    Set<StorePath> begun = new HashSet<>();
    Path spool = Files.createDirectories(context.services().root().resolve("cache/uploads"));
    for (ForeignObject object : said.values()) {
      for (ForeignObject next : inOrder(object, said, begun)) {
        take(next, spool);
      }
    }
    return 0;
  }

  private ForeignObject object(StorePath path, BufferedReader in) throws IOException {
    Hash hash = Hash.parse(line(in), Optional.of(HashAlgorithm.SHA256));
    long size = number(line(in), Long.MAX_VALUE);
    String deriver = line(in);
    SortedSet<StorePath> references = new TreeSet<>();
    for (long left = number(line(in), MAX_REFERENCES); left > 0; left--) {
      references.add(store().dir().parse(line(in)));
    }
    return new ForeignObject(
        path,
        hash,
        size,
        references,
        deriver.isEmpty() ? Optional.empty() : Optional.of(store().dir().parse(deriver)),
        Collections.emptySortedSet(),
        Optional.empty());
  }

  private static String line(BufferedReader in) throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new FormatException("standard input", "ends too early");
    }
    return line;
  }

  private static long number(String line, long most) {
    try {
      long number = Long.parseLong(line);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new FormatException(
        "standard input", "expected a number of at most " + most + ", not '" + line + "'");
  }

  /** An object with those that it refers to before it, as far as they are not begun. */
  private static List<ForeignObject> inOrder(
      ForeignObject root, Map<StorePath, ForeignObject> said, Set<StorePath> begun) {
    List<ForeignObject> order = new ArrayList<>();
    List<ForeignObject> stack = new ArrayList<>(List.of(root));
    while (!stack.isEmpty()) {
      ForeignObject top = stack.getLast();
      if (begun.add(top.path())) {
        for (StorePath reference : top.references()) {
          if (said.containsKey(reference) && !begun.contains(reference)) {
            stack.add(said.get(reference));
          }
        }
      } else {
        stack.removeLast();
        if (!order.contains(top)) {
          order.add(top);
        }
      }
    }
    return order;
  }

  private void take(ForeignObject object, Path spool) throws IOException {
    if (store().isValid(object.path())) {
      return;
    }
    Path nar = Files.createTempFile(spool, "loaded-", ".nar");
    try {
      try (OutputStream out = Files.newOutputStream(nar)) {
        Nar.write(DiskTree.of(print(object.path())), StoreDump.to(out));
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(nar), 1 << 16)) {
        store().importNar(object, in);
      }
    } finally {
      Files.delete(nar);
    }
  }
}
