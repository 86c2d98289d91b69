package org.buildchain.store.disk;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.disk.RecordedDisk.Event;

/**
 * Runs a program under strace(1) and reads what it did to the files below a folder, and what it
 * printed, in order.
 */
final class SystemCalls {
  private static final String CALLS =
      "open,openat,creat,close,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,rename,"
          + "renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,"
          + "fsync,fdatasync,sync,syncfs,sync_file_range,msync,copy_file_range,sendfile";

  private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\w+).*");
  private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");
  private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)");
  private static final String UNFINISHED = " <unfinished ...>";

  /** An open file: its number, or {@link RecordedDisk#FOLDER}. */
  private static final class Open {
    private final int file;
    private final String path;
    private final boolean durable;
    private long position;

    Open(int file, String path, boolean durable) {
      this.file = file;
      this.path = path;
      this.durable = durable;
    }
  }

  private final String folder;
  private final List<Event> events = new ArrayList<>();
  private final Map<Integer, Open> open = new HashMap<>();
  private final Map<String, Integer> files = new HashMap<>();
  private int next;

  private SystemCalls(String folder) {
    this.folder = folder + "/";
  }

  /**
   * Runs the program until it ends.
   *
   * @param log where strace may write what it sees
   */
  static List<Event> of(List<String> command, Path folder, Path log) throws Exception {
    List<String> traced =
        new ArrayList<>(
            List.of("strace", "-f", "-qq", "-xx", "-s", "16777216", "-o", log.toString()));
    traced.addAll(List.of("-e", "trace=" + CALLS, "-e", "signal=none"));
    traced.addAll(command);
    Process process =
        new ProcessBuilder(traced)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", traced) + ": status " + process.exitValue());
    }
    SystemCalls calls = new SystemCalls(folder.toString());
    Map<String, String> unfinished = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
      for (String line; (line = lines.readLine()) != null; ) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IOException("not a line of strace: " + line);
        }
        String thread = parts.group(1);
        String text = parts.group(2);
        Matcher resumed = RESUMED.matcher(text);
        if (text.endsWith(UNFINISHED)) {
          unfinished.put(thread, text.substring(0, text.length() - UNFINISHED.length()));
          continue;
        }
        if (resumed.matches()) {
          text = unfinished.remove(thread) + resumed.group(1);
        }
        Matcher call = CALL.matcher(text);
        if (call.matches() && !call.group(3).startsWith("-")) {
          calls.call(call.group(1), call.group(2), Long.decode(call.group(3)));
        }
      }
    }
    return calls.events;
  }

  private void call(String name, String arguments, long result) throws IOException {
    switch (name) {
      case "open", "openat", "creat" ->
          opened(strings(arguments).getFirst(), arguments, (int) result);
      case "mkdir", "mkdirat" -> {
        String path = text(strings(arguments).getFirst());
        if (path.startsWith(folder) || (path + "/").equals(folder)) {
          events.add(new RecordedDisk.Create(path, RecordedDisk.FOLDER));
        }
      }
      case "rename", "renameat", "renameat2" -> {
        List<byte[]> paths = strings(arguments);
        String from = text(paths.get(0));
        if (from.startsWith(folder)) {
          String to = text(paths.get(1));
          events.add(new RecordedDisk.Rename(from, to));
          files.put(to, files.remove(from));
        }
      }
      case "unlink", "unlinkat", "rmdir" -> {
        String path = text(strings(arguments).getFirst());
        if (path.startsWith(folder)) {
          events.add(new RecordedDisk.Remove(path));
          files.remove(path);
        }
      }
      case "symlink", "symlinkat" -> {}
      case "sync" -> events.add(new RecordedDisk.SyncAll());
      case "close" -> open.remove(descriptor(arguments));
      default -> onDescriptor(name, arguments, descriptor(arguments), result);
    }
  }

  private void onDescriptor(String name, String arguments, int descriptor, long result)
      throws IOException {
    if (descriptor == 1 && name.equals("write")) {
      text(strings(arguments).getFirst())
          .lines()
          .forEach(l -> events.add(new RecordedDisk.Told(l)));
    }
    Open file = open.get(descriptor);
    if (file == null) {
      return;
    }
    switch (name) {
      case "fallocate" -> {
        String[] parts = arguments.split(", ");
        // Any other changes no byte that is there, and is made again at the next start.
        if (parts[1].contains("FALLOC_FL_PUNCH_HOLE")) {
          events.add(
              new RecordedDisk.Punch(file.file, Long.decode(parts[2]), Integer.decode(parts[3])));
        }
      }
      // It promises nothing.
      case "sync_file_range" -> {}
      case "lseek" -> file.position = result;
      case "write", "writev" -> {
        byte[] data = joined(strings(arguments));
        write(file, file.position, data);
        file.position += data.length;
      }
      case "pwrite64", "pwritev", "pwritev2" -> {
        String[] parts = arguments.split(", ");
        int last = name.equals("pwritev2") ? parts.length - 2 : parts.length - 1;
        write(file, Long.decode(parts[last]), joined(strings(arguments)));
      }
      case "ftruncate" ->
          events.add(new RecordedDisk.Truncate(file.file, Long.decode(arguments.split(", ")[1])));
      case "fsync", "fdatasync" ->
          events.add(
              file.file == RecordedDisk.FOLDER
                  ? new RecordedDisk.SyncFolder(file.path)
                  : new RecordedDisk.SyncFile(file.file));
      case "syncfs" -> events.add(new RecordedDisk.SyncAll());
      default -> throw new IOException("'" + name + "' is not understood: " + file.path);
    }
  }

  private void write(Open file, long offset, byte[] data) {
    events.add(new RecordedDisk.Write(file.file, offset, data, file.durable));
  }

  private void opened(byte[] name, String arguments, int descriptor) {
    String path = text(name);
    boolean below = path.startsWith(folder);
    if (!below && !Files.isDirectory(Path.of(path))) {
      return;
    }
    if (Files.isDirectory(Path.of(path))) {
      open.put(descriptor, new Open(RecordedDisk.FOLDER, path, false));
      return;
    }
    if (!files.containsKey(path) && arguments.contains("O_CREAT")) {
      files.put(path, next);
      events.add(new RecordedDisk.Create(path, next++));
    }
    Integer file = files.get(path);
    if (file != null) {
      if (arguments.contains("O_TRUNC")) {
        events.add(new RecordedDisk.Truncate(file, 0));
      }
      open.put(descriptor, new Open(file, path, arguments.contains("SYNC")));
    }
  }

  private static int descriptor(String arguments) {
    return Integer.parseInt(arguments.split("[, ]", 2)[0]);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static List<byte[]> strings(String arguments) {
    List<byte[]> found = new ArrayList<>();
    int at = 0;
    while ((at = arguments.indexOf('"', at)) >= 0) {
      int end = arguments.indexOf('"', at + 1);
      byte[] bytes = new byte[(end - at - 1) / 4];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) Integer.parseInt(arguments, at + 3 + 4 * i, at + 5 + 4 * i, 16);
      }
      found.add(bytes);
      at = end + 1;
    }
    return found;
  }
}
