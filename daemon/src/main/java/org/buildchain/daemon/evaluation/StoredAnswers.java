package org.buildchain.daemon.evaluation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Answers of evaluations on the disk, with the facts that they were computed from: a daemon that
 * was just started finds there what an earlier one has evaluated. One file for each question;
 * docs/formats.md describes it. What is damaged, or was written by another build, counts as absent.
 * Together the files hold no more than a bound; the one that was asked for longest ago goes first.
 * Thread-safe.
 */
public final class StoredAnswers {
  /**
   * An answer.
   *
   * @param lines what the command prints or works on, octet strings
   * @param facts see {@code Evaluator.factsOf}
   */
  record Answer(List<String> lines, List<List<String>> facts) {}

  private static final String SUFFIX = ".answer";
  private static final int DIGEST = 32;

  private final Path folder;
  private final String build;
  private final long bound;

  /**
   * @param folder where the files stand; made when there is one to write
   * @param build names the code that evaluates; empty if it has no name: then nothing is kept
   * @param bound in bytes; 0 keeps nothing
   */
  public StoredAnswers(Path folder, String build, long bound) {
    this.folder = folder;
    this.build = build;
    this.bound = bound;
  }

  /** Whether nothing is kept. */
  boolean isOff() {
    return build.isEmpty() || bound <= 0;
  }

  /** The file for a question: other words, or other places for the same words, are another one. */
  private Path file(List<String> question) {
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(key)) {
      write(out, build);
      write(out, question);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return folder.resolve(
        Hash.of(HashAlgorithm.SHA256, key.toByteArray()).encode(Hash.Format.NIX32) + SUFFIX);
  }

  /** What was kept for a question. Whether its facts hold is not looked at. */
  Optional<Answer> find(List<String> question) {
    if (isOff()) {
      return Optional.empty();
    }
    Path file = file(question);
    try {
      if (Files.size(file) > bound) {
        return Optional.empty();
      }
      Optional<Answer> answer = decode(Files.readAllBytes(file), question);
      if (answer.isPresent()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      } else {
        Files.deleteIfExists(file);
      }
      return answer;
    } catch (IOException e) {
      // There is none, or none that can be read: it is computed again.
      return Optional.empty();
    }
  }

  /** Keeps an answer in the place of an earlier one. One that is larger than the bound is not. */
  synchronized void put(List<String> question, Answer answer) throws IOException {
    if (isOff()) {
      return;
    }
    byte[] bytes = encode(answer, question);
    if (bytes.length > bound) {
      return;
    }
    // What an evaluation has read may be of its user alone.
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = file(question);
    Path temporary = Files.createTempFile(folder, "new", ".new");
    try {
      Files.write(temporary, bytes);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    trim();
  }

  private void trim() throws IOException {
    record Kept(Path file, long size, FileTime used) {}
    List<Kept> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        try {
          all.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException e) {
          // Found to be damaged meanwhile.
        }
      }
    }
    all.sort(Comparator.comparing(Kept::used));
    long sum = all.stream().mapToLong(Kept::size).sum();
    for (Kept kept : all) {
      if (sum <= bound) {
        return;
      }
      Files.deleteIfExists(kept.file());
      sum -= kept.size();
    }
  }

  private byte[] encode(Answer answer, List<String> question) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    write(out, build);
    write(out, question);
    write(out, answer.lines());
    out.writeInt(answer.facts().size());
    for (List<String> fact : answer.facts()) {
      write(out, fact);
    }
    byte[] content = bytes.toByteArray();
    out.write(Hash.of(HashAlgorithm.SHA256, content).bytes());
    return bytes.toByteArray();
  }

  private Optional<Answer> decode(byte[] bytes, List<String> question) throws IOException {
    int length = bytes.length - DIGEST;
    if (length < 0) {
      return Optional.empty();
    }
    Hash digest = Hash.of(HashAlgorithm.SHA256, Arrays.copyOf(bytes, length));
    if (!Arrays.equals(digest.bytes(), Arrays.copyOfRange(bytes, length, bytes.length))) {
      return Optional.empty();
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
    if (!readText(in).equals(build) || !readList(in).equals(question)) {
      return Optional.empty();
    }
    List<String> lines = readList(in);
    int facts = count(in);
    List<List<String>> all = new ArrayList<>(facts);
    for (int i = 0; i < facts; i++) {
      all.add(readList(in));
    }
    return in.available() == 0 ? Optional.of(new Answer(lines, all)) : Optional.empty();
  }

  private static void write(DataOutputStream out, String octets) throws IOException {
    out.writeInt(octets.length());
    out.write(Octets.bytes(octets));
  }

  private static void write(DataOutputStream out, List<String> all) throws IOException {
    out.writeInt(all.size());
    for (String one : all) {
      write(out, one);
    }
  }

  /** A number of things that follow, each a byte or more. */
  private static int count(DataInputStream in) throws IOException {
    int n = in.readInt();
    if (n < 0 || n > in.available()) {
      throw new IOException("a kept answer ends early");
    }
    return n;
  }

  private static String readText(DataInputStream in) throws IOException {
    return Octets.of(in.readNBytes(count(in)));
  }

  private static List<String> readList(DataInputStream in) throws IOException {
    int n = count(in);
    List<String> all = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      all.add(readText(in));
    }
    return List.copyOf(all);
  }
}
