package org.buildchain.daemon.chain.output;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/**
 * Fetches blocks and objects by CID from trustless gateways: what they send is checked, so they can
 * at most not have it. Source: "Trustless Gateway Specification", specs.ipfs.tech.
 */
public final class Gateways {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final DiskStore store;
  private final List<String> urls;
  private final HttpClient http;
  private final Duration patience;

  /** The gateways of these settings, each with two minutes for an answer to begin. */
  public Gateways(DiskStore store, Settings settings) {
    this(store, settings, PATIENCE);
  }

  /**
   * Gateways.
   *
   * @param patience how long to wait for an answer to begin
   */
  public Gateways(DiskStore store, Settings settings, Duration patience) {
    this.store = store;
    this.patience = patience;
    this.urls = settings.list("gateways");
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(Math.max(1, settings.number("connect-timeout"))))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * A store object with everything that it refers to, from here or the first gateway that has it.
   *
   * @param maxBytes more are not read
   * @throws TooLarge if it has more
   * @throws IOException if nobody has it; says who was asked and what went wrong
   */
  public StorePath object(Cid cid, long maxBytes) throws IOException, InterruptedException {
    Optional<StorePath> here = store.byObject(cid.toString());
    if (here.isPresent()) {
      return here.get();
    }
    List<String> problems = new ArrayList<>();
    Optional<TooLarge> large = Optional.empty();
    for (String url : urls) {
      try (Limited in = new Limited(get(url, cid, "car"), maxBytes)) {
        try {
          return store.importCar(in).getFirst();
        } catch (IOException | FormatException | StoreException e) {
          // Another may send less: a gateway that sends rubbish decides nothing.
          large = in.exceeded() ? Optional.of(new TooLarge(maxBytes)) : large;
          problems.add(url + ": " + e.getMessage());
        }
      } catch (IOException e) {
        problems.add(url + ": " + e.getMessage());
      }
    }
    if (large.isPresent()) {
      throw large.get();
    }
    throw missing(cid, problems);
  }

  /** A block, checked, from the first gateway that has it. */
  byte[] block(Cid cid) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    for (String url : urls) {
      try (InputStream in = get(url, cid, "raw")) {
        byte[] data = in.readNBytes(Block.MAX_SIZE);
        if (cid.matches(data)) {
          return data;
        }
        problems.add(url + ": sent other bytes than the block's");
      } catch (IOException e) {
        problems.add(url + ": " + e.getMessage());
      }
    }
    throw missing(cid, problems);
  }

  private IOException missing(Cid cid, List<String> problems) {
    return new IOException(
        urls.isEmpty()
            ? cid + " is not here, and the setting 'gateways' names nobody to ask"
            : "nobody has " + cid + ":\n" + String.join("\n", problems));
  }

  private InputStream get(String url, Cid cid, String format)
      throws IOException, InterruptedException {
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    HttpRequest request =
        HttpRequest.newBuilder(uri(base + "/ipfs/" + cid + "?format=" + format))
            .timeout(patience)
            .build();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new IOException("status " + response.statusCode());
    }
    return response.body();
  }

  private static URI uri(String text) throws IOException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("is no URL");
    }
  }

  /** An object has more bytes than may be read. */
  public static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;

    TooLarge(long most) {
      super("its sources and derivations have more than " + most + " bytes");
    }
  }

  /** Refuses to read on after so many bytes. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
      super(in);
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = in.read(into, offset, length);
      count(Math.max(0, n));
      return n;
    }

    boolean exceeded() {
      return left < 0;
    }

    private void count(int n) throws IOException {
      left -= n;
      if (left < 0) {
        throw new IOException("is larger than this machine takes");
      }
    }
  }
}
