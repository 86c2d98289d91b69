package org.buildchain.derivation.realise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.buildchain.derivation.Derivation;
import org.buildchain.store.path.StorePath;

/** Builders that are part of the daemon. Source: {@code src/libstore/builtins/} of Nix 2.26. */
final class BuiltinBuilders {
  private final UrlFetcher fetcher;

  BuiltinBuilders(UrlFetcher fetcher) {
    this.fetcher = fetcher;
  }

  /**
   * @param folder receives the outputs by base name
   * @throws BuildException if there is no such builder or it fails
   */
  void run(String label, Derivation drv, StorePath out, Path folder)
      throws IOException, InterruptedException {
    if (!drv.builder().equals("builtin:fetchurl")) {
      throw new BuildException(
          "builder '" + drv.builder() + "' of '" + label + "' is not supported");
    }
    if (drv.kind() != Derivation.Kind.FIXED && drv.kind() != Derivation.Kind.IMPURE) {
      throw new BuildException("'builtin:fetchurl' must be a fixed-output or impure derivation");
    }
    String url = drv.env().get("url");
    if (url == null) {
      throw new BuildException("attribute 'url' missing");
    }
    if (drv.env().getOrDefault("unpack", "").equals("1")) {
      throw new BuildException("'builtin:fetchurl' cannot unpack archives of NARs: '" + url + "'");
    }
    Path target = folder.resolve(out.toString());
    try {
      fetcher.fetch(url, target);
    } catch (IOException e) {
      throw new BuildException("unable to fetch '" + url + "': " + e.getMessage(), 1, e);
    }
    boolean executable = drv.env().getOrDefault("executable", "").equals("1");
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
