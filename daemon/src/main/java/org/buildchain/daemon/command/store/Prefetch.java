package org.buildchain.daemon.command.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.Fetching;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A file, or what an archive holds, that was downloaded into the store.
 *
 * @param hash by which the path is named
 */
public record Prefetch(StorePath path, Hash hash) {
  /**
   * What is made of what comes.
   *
   * @param name in the store
   * @param unpack whether it is an archive, whose content is stored
   * @param executable whether it is a program
   */
  public record Form(String name, boolean unpack, boolean executable) {}

  /**
   * Downloads, whether or not it was done before.
   *
   * @param algorithm of the hash, unless one is expected
   * @throws IOException if nothing comes, or something else than is expected
   */
  public static Prefetch of(
      CommandContext context,
      Settings settings,
      String url,
      Form form,
      HashAlgorithm algorithm,
      Optional<Hash> expected)
      throws IOException {
    DiskStore store = context.services().store();
    StorePath fetched = fetch(context, settings, url, form, expected);
    HashAlgorithm wanted = expected.map(Hash::algorithm).orElse(algorithm);
    boolean flat = !form.unpack() && !form.executable();
    IngestionMethod method = flat ? IngestionMethod.FLAT : IngestionMethod.NAR;
    FileTree tree = store.open(fetched);
    if (form.executable() && tree instanceof FileTree.Regular file) {
      tree = new Executable(file);
    }
    Hash hash = store.contentHash(tree, method, wanted, Optional.empty());
    if (expected.isPresent() && !expected.get().equals(hash)) {
      throw new CommandException(
          "hash mismatch for '" + url + "': expected " + expected.get() + ", got " + hash);
    }
    boolean done = wanted == HashAlgorithm.SHA256 && !form.executable();
    return new Prefetch(done ? fetched : store.addTree(form.name(), tree, method, wanted), hash);
  }

  private static StorePath fetch(
      CommandContext context, Settings settings, String url, Form form, Optional<Hash> expected)
      throws IOException {
    try {
      return Fetching.urls(
              context.services().store(),
              context.services().root().resolve("tmp"),
              context.caller().invocation().env(),
              settings.with("tarball-ttl", "0"),
              Instant.now().getEpochSecond())
          .fetch(url, form.name(), form.unpack(), form.executable() ? Optional.empty() : expected);
    } catch (BuildException e) {
      // Another hash has a status of its own in expressions only.
      throw new CommandException(e.getMessage());
    }
  }

  /** The last part of a URL. */
  public static String nameOf(String url) {
    String plain = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    String name = plain.substring(plain.lastIndexOf('/') + 1);
    if (name.isEmpty()) {
      throw new CommandException("cannot figure out file name for '" + url + "'");
    }
    return name;
  }

  /** A file that its owner may execute. */
  private record Executable(FileTree.Regular file) implements FileTree.Regular {
    @Override
    public boolean executable() {
      return true;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public InputStream open() throws IOException {
      return file.open();
    }
  }
}
