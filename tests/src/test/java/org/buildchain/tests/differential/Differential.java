package org.buildchain.tests.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * Compares this evaluator with Nix on random expressions. See {@code tests/conformance/differential
 * --help}.
 */
public final class Differential {
  private static final int BATCH = 250;

  private long seed = 1;
  private long from;
  private long count = 100_000;
  private boolean messages;
  private boolean show;
  private int jobs = Runtime.getRuntime().availableProcessors();
  private List<String> program = List.of("nix-instantiate");
  private Path nixRoot = Path.of("/");

  private Differential() {}

  public static void main(String[] args) throws Exception {
    Differential d = new Differential();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> d.seed = Long.parseLong(args[++i]);
        case "--from" -> d.from = Long.parseLong(args[++i]);
        case "--count" -> d.count = Long.parseLong(args[++i]);
        case "--jobs" -> d.jobs = Integer.parseInt(args[++i]);
        case "--nix" -> d.program = List.of(args[++i].split(" "));
        case "--nix-root" -> d.nixRoot = Path.of(args[++i]);
        case "--messages" -> d.messages = true;
        case "--show" -> d.show = true;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    Path folder = Path.of("/tmp", "bc-differential-" + ProcessHandle.current().pid());
    int status;
    try {
      status = d.run(folder);
    } finally {
      remove(folder);
      remove(d.nixRoot.resolve(folder.toString().substring(1)));
    }
    System.exit(status);
  }

  /**
   * Compares and counts.
   *
   * @param program how Nix is run
   * @param folder a folder of this run's own, to be made
   */
  static Tally compare(
      List<String> program, Path folder, Path nixRoot, long seed, long from, long count, int jobs)
      throws IOException, InterruptedException, ExecutionException {
    Comparison comparison = new Comparison(program, folder, nixRoot);
    comparison.prepare();
    boolean recent = !comparison.nixVersion().matches("2\\.[0-9]\\..*|2\\.1[0-9]\\..*");
    BuiltinTable builtins = new BuiltinTable(recent);
    Tally tally = new Tally(new KnownDifferences(recent));
    try (var pool = Executors.newFixedThreadPool(jobs)) {
      List<Future<?>> batches = new ArrayList<>();
      for (long at = from; at < from + count; at += BATCH) {
        long first = at;
        long end = Math.min(from + count, at + BATCH);
        batches.add(
            pool.submit(
                () -> {
                  List<String> expressions =
                      LongStream.range(first, end)
                          .mapToObj(n -> ExpressionGenerator.expression(seed, n, builtins))
                          .toList();
                  comparison.run(first, expressions).forEach(tally::add);
                  return null;
                }));
      }
      for (Future<?> b : batches) {
        b.get();
      }
    }
    return tally;
  }

  private int run(Path folder) throws Exception {
    if (show) {
      BuiltinTable builtins = new BuiltinTable(true);
      for (long n = from; n < from + count; n++) {
        System.out.println(ExpressionGenerator.expression(seed, n, builtins));
      }
      return 0;
    }
    Tally tally = compare(program, folder, nixRoot, seed, from, count, jobs);
    System.out.print(tally.report(messages));
    return tally.unexplained() == 0 ? 0 : 1;
  }

  /** Removes a folder, if it is there, and all in it. */
  static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }
    }
  }
}
