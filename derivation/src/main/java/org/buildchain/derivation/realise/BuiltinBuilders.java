package org.buildchain.derivation.realise;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.attributes.Attributes;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.BuildSite;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.tree.DiskTree;
import org.buildchain.store.tree.FileTree;

/**
 * Builders that are part of the daemon. They see the derivation's inputs only. Source: {@code
 * src/libstore/builtins/} of Nix 2.26.
 *
 * <p>Threat: who sends a derivation to the daemon may read less than the daemon, and names files in
 * it. {@code file:} URLs too are read among the inputs, unless builders see all files anyway.
 */
final class BuiltinBuilders {
  private final BuildSite site;
  private final BuildSettings settings;
  private final Derivation drv;
  private final InputFiles inputs;
  private final BuildFolders folders;
  private final Consumer<String> log;

  /**
   * @param inputs what the builder may read
   * @param log takes lines of the build's log
   */
  BuiltinBuilders(
      BuildSite site,
      BuildSettings settings,
      Derivation drv,
      InputFiles inputs,
      BuildFolders folders,
      Consumer<String> log) {
    this.site = site;
    this.settings = settings;
    this.drv = drv;
    this.inputs = inputs;
    this.folders = folders;
    this.log = log;
  }

  /**
   * Runs the derivation's builder.
   *
   * @return the output {@code out}
   * @throws BuildException if there is no such builder or it fails
   */
  FileTree run() throws IOException, InterruptedException {
    String name = drv.builder().substring("builtin:".length());
    return switch (name) {
      case "fetchurl" -> fetchUrl();
      case "unpack-channel" -> unpackChannel();
      case "buildenv" -> buildEnvironment();
      default -> throw new BuildException("unsupported builtin builder '" + name + "'");
    };
  }

  private String attribute(String name) {
    String value = drv.env().get(name);
    if (value == null) {
      throw new BuildException("attribute '" + name + "' missing");
    }
    return value;
  }

  private FileTree fetchUrl() throws IOException, InterruptedException {
    if (drv.kind() != Derivation.Kind.FIXED && drv.kind() != Derivation.Kind.IMPURE) {
      throw new BuildException("'builtin:fetchurl' must be a fixed-output or impure derivation");
    }
    String url = attribute("url");
    if (drv.outputs().get("out") instanceof DerivationOutput.Fixed fixed
        && fixed.address().method() == IngestionMethod.FLAT) {
      Hash hash = fixed.address().hash();
      String path = hash.algorithm().nixName() + "/" + hash.encode(Hash.Format.BASE16);
      for (String mirror : settings.hashedMirrors()) {
        try {
          site.fetcher().fetch(mirror + (mirror.endsWith("/") ? "" : "/") + path, fresh());
          return fetched(url);
        } catch (IOException | FormatException e) {
          // The next place may have it.
        }
      }
    }
    if (url.startsWith("file:") && site.builder().isolates()) {
      copyInput(url, fresh());
    } else {
      site.fetcher().fetch(url, fresh());
    }
    return fetched(url);
  }

  /** Where to put what is fetched; nothing is there. */
  private Path fresh() throws IOException {
    Path target = folders.outputs().resolve("fetched");
    Files.deleteIfExists(target);
    return target;
  }

  private void copyInput(String url, Path target) throws IOException {
    String path;
    try {
      path = Octets.fromText(String.valueOf(URI.create(Octets.toText(url)).getPath()));
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + url + "' is not a valid URL", e);
    }
    if (!(inputs.follow(path).orElse(null) instanceof FileTree.Regular file)) {
      throw new IOException(
          "unable to download '"
              + url
              + "': the derivation has no input with a file '"
              + path
              + "', and builders see no other files");
    }
    try (InputStream in = file.open()) {
      Files.copy(in, target);
    }
  }

  /**
   * What was fetched, in the form that is wanted.
   *
   * @param url says whether what is unpacked is compressed, also where a mirror had it
   */
  private FileTree fetched(String url) throws IOException {
    Path target = folders.outputs().resolve("fetched");
    if (drv.env().getOrDefault("unpack", "").equals("1")) {
      return site.archives().restore(url, target, url.endsWith(".xz"), folders.build());
    }
    boolean executable = drv.env().getOrDefault("executable", "").equals("1");
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    return DiskTree.of(Octets.fromText(target.toString()));
  }

  private FileTree unpackChannel() throws IOException {
    String name = attribute("channelName");
    String src = attribute("src");
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new BuildException(
          "channelName is not allowed to contain filesystem separators, got " + name);
    }
    if (!(inputs.follow(src).orElse(null) instanceof FileTree.Regular archive)) {
      throw new BuildException("failed to open archive: '" + src + "' is no file");
    }
    FileTree unpacked = site.archives().unpack("'" + src + "'", archive, folders.build());
    if (!(unpacked instanceof FileTree.Directory folder) || folder.entries().size() != 1) {
      throw new BuildException("channel tarball '" + src + "' contains more than one file");
    }
    return new MemoryFolder(new TreeMap<>(Map.of(name, folder.entries().getFirst().node())));
  }

  private FileTree buildEnvironment() throws IOException {
    List<UserEnvironment.Package> packages = new ArrayList<>();
    List<String> words = Attributes.words(attribute("derivations"));
    for (int i = 0; i < words.size(); ) {
      try {
        boolean active = !words.get(i).equals("false");
        int priority = Integer.parseInt(words.get(i + 1));
        int outputs = Integer.parseInt(words.get(i + 2));
        for (String path : words.subList(i + 3, i + 3 + outputs)) {
          packages.add(new UserEnvironment.Package(path, active, priority));
        }
        i += 3 + outputs;
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new BuildException(
            "attribute 'derivations': expected 'active priority count path...' at word " + (i + 1));
      }
    }
    return new UserEnvironment(inputs, log).build(packages, attribute("manifest"));
  }
}
