package org.buildchain.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * S3Proxy (Apache's licence, from Maven Central): a server of S3's protocol that checks signatures
 * of version 4. Its buckets are folders.
 */
final class S3Server implements AutoCloseable {
  static final String ID = "test-id";
  static final String SECRET = "test-secret";

  private static final Path JAR = Path.of("target/s3proxy.jar").toAbsolutePath();
  private static final Pattern LISTENS = Pattern.compile("Started .*\\{(127\\.0\\.0\\.1:[0-9]+)}");

  private final Process process;
  private final String endpoint;

  /**
   * @param folder gets the configuration; buckets are made in its folder {@code buckets}
   */
  S3Server(Path folder) throws IOException {
    Path buckets = Files.createDirectories(folder.resolve("buckets"));
    Path properties = folder.resolve("s3proxy.properties");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:0",
            "s3proxy.authorization=aws-v4",
            "s3proxy.identity=" + ID,
            "s3proxy.credential=" + SECRET,
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + buckets));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    while (true) {
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError("the S3 server has ended:\n" + said);
      }
      said.append(line).append('\n');
      Matcher m = LISTENS.matcher(line);
      if (m.find()) {
        endpoint = m.group(1);
        break;
      }
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                out.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                // It has been closed.
              }
            });
  }

  /** Host and port. */
  String endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
