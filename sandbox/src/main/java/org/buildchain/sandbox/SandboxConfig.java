package org.buildchain.sandbox;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.store.format.Octets;

/** Writes a job as {@code bc-sandbox} reads it; {@code native/bc-sandbox/config.c} says how. */
final class SandboxConfig {
  private final DataOutputStream out;

  private SandboxConfig(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out));
  }

  /**
   * Writes and flushes the job.
   *
   * @param places the host's folder in which helpers may keep what inputs are mounted over
   * @param tempDir the host's folder that becomes {@code /tmp}
   * @param id user and group of the builder on the host, if they are to be other than the caller's
   * @param grouped whether the helper is in a control group, which bounds memory for all together
   */
  static void write(
      OutputStream out,
      BuildJob job,
      Optional<Path> places,
      Path tempDir,
      OptionalInt id,
      boolean grouped)
      throws IOException {
    SandboxConfig config = new SandboxConfig(out);
    config.write(job, places, tempDir, id);
    config.write(job.limits().resources(), grouped);
    config.octets('E', "");
    config.out.flush();
  }

  /** Writes that the helper is to enter a group, which it does without waiting for the rest. */
  static void writeGroup(OutputStream out, ControlGroup group) throws IOException {
    SandboxConfig config = new SandboxConfig(out);
    for (Path folder : group.folders()) {
      config.path('c', folder);
    }
    config.out.flush();
  }

  /** Writes that the builder of the job written before is to start. */
  static void writeStart(OutputStream out) throws IOException {
    out.write('!');
    out.flush();
  }

  private void write(BuildJob job, Optional<Path> places, Path tempDir, OptionalInt id)
      throws IOException {
    octets('x', job.builder());
    octets('a', job.builder().substring(job.builder().lastIndexOf('/') + 1));
    for (String argument : job.args()) {
      octets('a', argument);
    }
    for (var variable : job.env().entrySet()) {
      octets('e', variable.getKey() + "=" + variable.getValue());
    }
    octets('s', job.storeDir());
    path('r', job.inputRoot());
    for (String input : job.inputs()) {
      octets('i', input);
    }
    path('o', job.outputDir());
    if (places.isPresent()) {
      path('p', places.get());
    }
    path('b', job.buildDir());
    octets('B', job.sandboxBuildDir());
    path('t', tempDir);
    for (var hostPath : job.hostPaths().entrySet()) {
      octets('h', hostPath.getKey());
      octets('H', hostPath.getValue());
    }
    if (job.network()) {
      octets('n', "");
    }
    if (id.isPresent()) {
      octets('u', Integer.toString(id.getAsInt()));
      octets('g', Integer.toString(id.getAsInt()));
    }
  }

  private void write(BuildJob.Resources resources, boolean grouped) throws IOException {
    octets('S', resources.shmSize());
    number('P', resources.processes());
    number('D', grouped ? 0 : resources.memoryOfProcess());
    number('d', resources.diskBytes());
  }

  private void number(char kind, long value) throws IOException {
    octets(kind, Long.toString(value));
  }

  private void octets(char kind, String value) throws IOException {
    record(kind, Octets.bytes(value));
  }

  private void path(char kind, Path path) throws IOException {
    record(kind, path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
  }

  private void record(char kind, byte[] value) throws IOException {
    out.writeByte(kind);
    out.writeInt(value.length);
    out.write(value);
  }
}
