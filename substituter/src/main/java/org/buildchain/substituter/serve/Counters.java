package org.buildchain.substituter.serve;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests that are over. What clients choose freely is no label: there are only so many
 * figures, whatever they send. Thread-safe.
 */
final class Counters {
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "PUT");

  /** In seconds; the last is all. */
  private static final double[] BOUNDS = {0.001, 0.01, 0.1, 1, 10, 100, Double.POSITIVE_INFINITY};

  private record Key(Kind kind, String method, int status) {}

  /** The times and the bytes of a kind. */
  private static final class Total {
    final LongAdder bytes = new LongAdder();
    final LongAdder nanos = new LongAdder();
    final LongAdder[] within = new LongAdder[BOUNDS.length];

    Total() {
      for (int i = 0; i < within.length; i++) {
        within[i] = new LongAdder();
      }
    }
  }

  private final Map<Key, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<Kind, Total> totals = new EnumMap<>(Kind.class);
  private final LongAdder broken = new LongAdder();

  Counters() {
    for (Kind kind : Kind.values()) {
      totals.put(kind, new Total());
    }
  }

  /** Counts one. */
  void add(Served request) {
    Kind kind = request.kind();
    String method = METHODS.contains(request.method()) ? request.method() : "other";
    requests
        .computeIfAbsent(new Key(kind, method, request.status()), k -> new LongAdder())
        .increment();
    Total total = totals.get(kind);
    total.bytes.add(request.bytes());
    total.nanos.add(request.time().toNanos());
    double seconds = request.time().toNanos() / 1e9;
    int slot = 0;
    while (seconds > BOUNDS[slot]) {
      slot++;
    }
    total.within[slot].increment();
    if (!request.whole()) {
      broken.increment();
    }
  }

  /** Says what was counted. */
  void write(MetricsText text) {
    MetricsText.Family counted =
        text.counter(
            "bc_serve_requests_total",
            "Requests that are over, by the answer's status; 0 if there was none.");
    requests.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparing(Key::kind)
                    .thenComparing(Key::method)
                    .thenComparing(Key::status)))
        .forEach(
            e ->
                counted.add(
                    List.of(
                        Map.entry("kind", e.getKey().kind().word()),
                        Map.entry("method", e.getKey().method()),
                        Map.entry("status", Integer.toString(e.getKey().status()))),
                    e.getValue().sum()));
    text.counter(
            "bc_serve_requests_broken_total",
            "Requests that broke off, by the client or by what is wrong here.")
        .add(broken.sum());
    MetricsText.Family bytes =
        text.counter("bc_serve_sent_bytes_total", "Bytes of answers, without what TLS adds.");
    totals.forEach((kind, total) -> bytes.add(kind(kind), total.bytes.sum()));
    MetricsText.Family times =
        text.histogram(
            "bc_serve_request_seconds", "From a request's head to the end of its answer.");
    totals.forEach((kind, total) -> times(times, kind, total));
  }

  private static List<Map.Entry<String, String>> kind(Kind kind) {
    return List.of(Map.entry("kind", kind.word()));
  }

  private static void times(MetricsText.Family family, Kind kind, Total total) {
    long sum = 0;
    for (int i = 0; i < BOUNDS.length; i++) {
      sum += total.within[i].sum();
      family.add(
          "_bucket",
          List.of(Map.entry("kind", kind.word()), Map.entry("le", MetricsText.number(BOUNDS[i]))),
          sum);
    }
    family.add("_sum", kind(kind), total.nanos.sum() / 1e9);
    family.add("_count", kind(kind), sum);
  }
}
