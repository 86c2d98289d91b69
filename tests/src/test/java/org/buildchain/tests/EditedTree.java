package org.buildchain.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A folder of Nix expressions that read files, folders, links and the environment in every way the
 * language has, and the edits that are made to it. What is edited and how is drawn from a seed.
 */
final class EditedTree {
  private static final int PARTS = 12;
  private static final int DATA = 5;

  private static final String TOP =
      """
      let
        types = builtins.readDir ./parts;
        parts = builtins.mapAttrs (name: type: import (./parts + "/${name}") { inherit parts; }) types;
      in
      { inherit types parts; packages = builtins.filter (p: p ? drvPath) (builtins.attrValues parts); }
      """;

  private final Path folder;
  private final Random random;
  private final Map<String, String> variables = new TreeMap<>();

  EditedTree(Path folder, long seed) throws IOException {
    this.folder = folder;
    this.random = new Random(seed);
    Files.createDirectories(folder.resolve("parts"));
    Files.createDirectories(folder.resolve("first"));
    Files.createDirectories(folder.resolve("second"));
    Files.writeString(folder.resolve("default.nix"), TOP);
    Files.writeString(folder.resolve("first/default.nix"), "{ which = 1; }");
    Files.writeString(folder.resolve("second/default.nix"), "{ which = 2; }");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("data/0"));
    Files.createSymbolicLink(folder.resolve("chosen"), Path.of("first"));
    variables.put("NIX_PATH", "found=" + folder.resolve("first"));
    variables.put("EDITED", "at first");
    for (String data : new String[] {"data", "spare"}) {
      Files.createDirectories(folder.resolve(data + "/inner"));
      Files.writeString(folder.resolve(data + "/inner/file"), word());
      for (int i = 0; i < DATA; i++) {
        Files.writeString(folder.resolve(data + "/" + i), word());
      }
    }
    for (int i = 0; i < PARTS; i++) {
      Files.writeString(folder.resolve("parts/p%02d.nix".formatted(i)), part(i));
    }
  }

  Path folder() {
    return folder;
  }

  /** The environment in which the tree is evaluated next. */
  Map<String, String> variables() {
    return variables;
  }

  private String word() {
    return "word " + random.nextInt(10, 100);
  }

  private Path data() {
    int which = random.nextInt(DATA + 1);
    return folder.resolve(which == DATA ? "data/inner/file" : "data/" + which);
  }

  /** An expression that reads the world in one way. Part i refers to earlier ones only. */
  private String part(int i) {
    String file = "../" + folder.relativize(data());
    String body =
        switch (random.nextInt(20)) {
          case 0 -> "" + random.nextInt(100);
          case 1 -> "builtins.readFile " + file;
          case 2 -> "builtins.pathExists " + file;
          case 3 -> "builtins.attrNames (builtins.readDir ../data)";
          case 4 -> "\"${" + file + "}\"";
          case 5 -> "\"${../data}\"";
          case 6 -> "builtins.getEnv \"EDITED\"";
          case 7 -> "builtins.hashFile \"sha256\" " + file;
          case 8 -> "(import <found>).which";
          case 9 -> "(builtins.tryEval <found/default.nix>).success";
          case 10 -> "(import ../chosen).which";
          case 11 -> "builtins.readFile ../link";
          case 12 ->
              "(derivation { name = \"n\"; system = \"s\"; builder = \"b\"; src = ../data;"
                  + " env = builtins.getEnv \"EDITED\"; }).drvPath";
          case 13 ->
              "builtins.path { path = ../data; name = \"some\"; filter = p: t: t != \"directory\""
                  + " && builtins.baseNameOf p != builtins.getEnv \"LEFT_OUT\"; }";
          case 14 -> "import ../first == import ../chosen";
          case 15 -> "builtins.readDir ../data/inner";
          case 16 ->
              "builtins.length (builtins.filter builtins.isString (builtins.split \"o\""
                  + " (builtins.readFile "
                  + file
                  + ")))";
          case 17, 18 ->
              "derivation { name = \"n%d\"; system = \"s\"; builder = \"b\"; }"
                  .formatted(random.nextInt(100));
          default -> "builtins.pathExists ../chosen/more";
        };
    if (i > 0 && random.nextBoolean()) {
      String other = "p%02d.nix".formatted(random.nextInt(i));
      body = "[ (" + body + ") (parts.\"" + other + "\" or null) ]";
    }
    if (random.nextInt(PARTS) == 0) {
      body =
          "builtins.trace \"part %d says ${builtins.getEnv \"EDITED\"}\" (%s)".formatted(i, body);
    }
    return "{ parts }: " + body + "\n";
  }

  /** Makes one edit, and says which. */
  String edit() throws IOException {
    Path last = folder.resolve("data/" + (DATA - 1));
    if (!Files.exists(last) && random.nextBoolean()) {
      return written(last, word());
    }
    Path file = data();
    switch (random.nextInt(18)) {
      case 0, 16 -> {
        int i = random.nextInt(PARTS);
        return written(folder.resolve("parts/p%02d.nix".formatted(i)), part(i));
      }
      case 1, 2 -> {
        return written(file, word());
      }
      case 3 -> {
        // The same size and the same time of change, as far as a program can set it.
        FileTime time =
            Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
        String what = written(file, word());
        Files.setLastModifiedTime(file, time);
        return what + ", time restored";
      }
      case 4 -> {
        return swapped(folder.resolve("data/0"), folder.resolve("data/1"));
      }
      case 5 -> {
        return swapped(folder.resolve("first"), folder.resolve("second"));
      }
      case 6 -> {
        String target = random.nextBoolean() ? "first" : "second";
        return linked(folder.resolve("chosen"), target);
      }
      case 7 -> {
        return linked(folder.resolve("link"), "data/" + random.nextInt(DATA));
      }
      case 8 -> {
        variables.put("EDITED", word());
        return "EDITED=" + variables.get("EDITED");
      }
      case 9 -> {
        variables.put("LEFT_OUT", "" + random.nextInt(DATA));
        return "LEFT_OUT=" + variables.get("LEFT_OUT");
      }
      case 10 -> {
        String mode = random.nextBoolean() ? "rwxr-xr-x" : "rw-r--r--";
        if (Files.exists(file)) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        }
        return mode + " " + file.getFileName();
      }
      case 11 -> {
        String which = random.nextBoolean() ? "first" : "second";
        variables.put("NIX_PATH", "found=" + folder.resolve(which));
        return "NIX_PATH=" + which;
      }
      case 12 -> {
        Path more = folder.resolve(random.nextBoolean() ? "first/more" : "data/inner/more");
        return Files.deleteIfExists(more) ? "deleted " + more.getFileName() : written(more, word());
      }
      case 13, 14 -> {
        // Other files under the same names, none of which has changed lately.
        return swapped(folder.resolve("data"), folder.resolve("spare"));
      }
      case 15 -> {
        // By way of another file, as editors do.
        Path beside = Files.writeString(folder.resolve("beside"), word());
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        return "replaced " + file.getFileName();
      }
      default -> {
        return Files.deleteIfExists(last) ? "deleted " + last.getFileName() : written(last, word());
      }
    }
  }

  private static String written(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return "wrote " + file.getFileName() + " " + text.strip();
  }

  private static String linked(Path link, String target) throws IOException {
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of(target));
    return link.getFileName() + " -> " + target;
  }

  private static String swapped(Path a, Path b) throws IOException {
    Path aside = a.resolveSibling("aside");
    Files.move(a, aside);
    Files.move(b, a);
    Files.move(aside, b);
    return "swapped " + a.getFileName() + " and " + b.getFileName();
  }
}
