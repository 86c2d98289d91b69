package org.buildchain.substituter.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.wire.ExactNar;
import org.buildchain.substituter.worker.wire.FramedInput;
import org.buildchain.substituter.worker.wire.PathInfos;
import org.buildchain.substituter.worker.wire.Realisation;
import org.buildchain.substituter.worker.wire.WireReader;

/** Requests that add to the store. */
final class Additions {
  private static final int MAX_NAME = 4096;

  /** How many bytes of a stream are read that nobody wants. */
  private static final long MAX_REST = 256L << 20;

  private final Conversation c;

  Additions(Conversation c) {
    this.c = c;
  }

  /** Takes a request's stream. */
  private interface Streamed<T> {
    T take(InputStream in) throws IOException, InterruptedException;
  }

  /**
   * Works on a request's stream, and reads the rest of it, so that the next request is found.
   *
   * <p>Threat: a client whose content is refused could send on for ever. It is told at once, which
   * is when Nix's own stop; who goes on all the same is cut off.
   */
  private <T> T streamed(Streamed<T> work) throws IOException, InterruptedException {
    FramedInput in = new FramedInput(c.in());
    T result;
    try {
      result = work.take(in);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (EOFException e) {
      // In what was sent, or of the connection; the latter shows when the rest is read.
      throw refused(in, new StoreException(e.getMessage()));
    } catch (IOException e) {
      // Of the disk or of the connection: where it is the latter nobody hears of it.
      throw refused(in, new ServiceFailure(e));
    } catch (BuildException
        | StoreException
        | FormatException
        | UncheckedIOException
        | ServiceFailure e) {
      throw refused(in, e);
    }
    in.skipRest(MAX_REST);
    return result;
  }

  private Answered refused(FramedInput in, RuntimeException e) throws IOException {
    c.log().failed(Answered.message(e));
    try {
      in.skipRest(MAX_REST);
    } catch (FormatException broken) {
      throw new IOException("a client was cut off: " + broken.getMessage(), broken);
    }
    return new Answered(e);
  }

  void addToStore() throws IOException, InterruptedException {
    String name = c.in().text(MAX_NAME);
    String method = c.in().text(256);
    SortedSet<StorePath> references = c.in().paths();
    c.in().flag(); // repair
    c.log().start();
    PathInfo info =
        streamed(
            in -> {
              AddedContent content = AddedContent.of(name, method, references);
              StorePath path = content.add(c.store(), c.service(), in);
              requireDerivation(path);
              c.service().holdTemporarily(path);
              return c.store().query(path).orElseThrow();
            });
    c.log().done();
    c.out().path(info.path());
    PathInfos.write(c.out(), info);
  }

  /** What is called a derivation is one, and names the outputs that follow from it. */
  private void requireDerivation(StorePath path) {
    if (path.isDerivation()) {
      c.service().outputPaths().check(path, c.service().derivations().apply(path));
    }
  }

  void addText() throws IOException {
    String name = c.in().text(MAX_NAME);
    String content = c.in().text();
    SortedSet<StorePath> references = c.in().paths();
    c.log().start();
    StorePath.checkName(name);
    StorePath path =
        ServiceFailure.run(
                () -> c.store().addTexts(List.of(new Store.Text(name, content, references))))
            .getFirst();
    c.service().holdTemporarily(path);
    c.log().done();
    c.out().path(path);
  }

  void addNar() throws IOException, InterruptedException {
    ForeignObject said = PathInfos.read(c.in(), c.in().path());
    c.in().flag(); // repair
    boolean unchecked = c.in().flag();
    c.log().start();
    streamed(
        in -> {
          add(said, unchecked, in);
          return true;
        });
    c.log().done();
  }

  void addMultiple() throws IOException, InterruptedException {
    c.in().flag(); // repair
    boolean unchecked = c.in().flag();
    c.log().start();
    streamed(
        in -> {
          WireReader objects = new WireReader(in, c.store().dir());
          int count = objects.number("number of paths", WireReader.MAX_ITEMS);
          for (int i = 0; i < count; i++) {
            objects.begin();
            ForeignObject said = PathInfos.read(objects, objects.path());
            add(said, unchecked, in);
          }
          return true;
        });
    c.log().done();
  }

  private void add(ForeignObject said, boolean unchecked, InputStream nar) throws IOException {
    requireTrust(said, unchecked);
    // One that is valid already is not read by the store.
    ExactNar exact = new ExactNar(nar, said.narSize());
    c.service().add(said, exact);
    exact.skipRest();
    c.service().holdTemporarily(said.path());
  }

  /** What is content-addressed is held to its address; for the rest somebody must vouch. */
  private void requireTrust(ForeignObject said, boolean unchecked) {
    if ((unchecked && c.trusted())
        || !c.service().requiresSignatures()
        || said.contentAddress().isPresent()) {
      return;
    }
    byte[] content =
        new Fingerprint(
                c.store().dir(), said.path(), said.narHash(), said.narSize(), said.references())
            .bytes();
    for (PublicKey key : c.service().trustedKeys()) {
      if (said.signatures().stream().anyMatch(s -> key.verifies(s, content))) {
        return;
      }
    }
    throw new StoreException(
        "cannot add path '"
            + c.store().dir().print(said.path())
            + "' because it lacks a signature by a trusted key");
  }

  void addSignatures() throws IOException {
    StorePath path = c.in().path();
    SortedSet<String> signatures = new TreeSet<>(c.in().texts());
    c.log().start();
    if (signatures.stream().anyMatch(s -> s.length() > 4096 || s.indexOf('\n') >= 0)) {
      throw new FormatException("signature", "is longer than 4096 bytes or has several lines");
    }
    ServiceFailure.act(() -> c.service().sign(path, signatures));
    c.log().done();
    c.out().number(1);
  }

  void addBuildLog() throws IOException, InterruptedException {
    StorePath drvPath = StorePath.parse(c.in().text(MAX_NAME));
    c.log().start();
    streamed(
        in -> {
          if (!c.trusted()) {
            throw new StoreException("you are not privileged to add logs");
          }
          if (!drvPath.isDerivation()) {
            throw new FormatException("path '" + drvPath + "'", "is no derivation");
          }
          c.service().addLog(drvPath, in);
          return true;
        });
    c.log().done();
    c.out().number(1);
  }

  void registerOutput() throws IOException {
    String json = c.in().text(1 << 20);
    c.log().start();
    Realisation realisation = Realisation.parse(json);
    requireTrust(realisation);
    ServiceFailure.act(() -> c.service().register(realisation));
    c.log().done();
  }

  /** Of whom a realisation comes nothing else tells: unlike a path it is nobody's content. */
  private void requireTrust(Realisation realisation) {
    Optional<Realisation> known = c.service().realisation(realisation.id());
    if (known.isPresent() && !known.get().path().equals(realisation.path())) {
      throw new StoreException(
          "realisation '"
              + realisation.id()
              + "' is known already as '"
              + c.store().dir().print(known.get().path())
              + "'");
    }
    if (known.isPresent() || c.trusted() || !c.service().requiresSignatures()) {
      return;
    }
    byte[] content = realisation.fingerprint();
    for (PublicKey key : c.service().trustedKeys()) {
      if (realisation.signatures().stream().anyMatch(s -> key.verifies(s, content))) {
        return;
      }
    }
    throw new StoreException(
        "cannot register realisation '"
            + realisation.id()
            + "' because it lacks a signature by a trusted key");
  }
}
