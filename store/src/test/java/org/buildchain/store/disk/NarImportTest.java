package org.buildchain.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NarImportTest {
  private static final StorePath LIB = StorePath.parse("1111111111111111111111111111111a-lib");
  private static final StorePath APP = StorePath.parse("2222222222222222222222222222222b-app");

  // echo hello > x; nix-store --add x (Nix 2.8): the path, and its NAR's hash and size.
  private static final StorePath HELLO = StorePath.parse("m5zd3qj7c4bs4g5d8hqvs5pc5xicclfg-x");
  private static final Hash HELLO_HASH =
      Hash.parse("sha256-HDfQGvQL4ugGkd48w99EN3ppmvuxfGjwgJZLL9Bx/BM=", Optional.empty());

  @TempDir Path folder;

  private DiskStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] nar(String content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter nar = new NarWriter(out::write);
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    nar.begin();
    nar.beginFile(false, bytes.length);
    nar.content(bytes, 0, bytes.length);
    nar.endFile(bytes.length);
    return out.toByteArray();
  }

  private static ForeignObject said(
      StorePath path, byte[] nar, List<StorePath> references, Optional<ContentAddress> ca) {
    return new ForeignObject(
        path,
        Hash.of(HashAlgorithm.SHA256, nar),
        nar.length,
        new TreeSet<>(references),
        Optional.empty(),
        new TreeSet<>(List.of("key-1:AAAA")),
        ca);
  }

  private PathInfo add(ForeignObject said, byte[] nar) throws IOException {
    return store.importNar(said, new ByteArrayInputStream(nar));
  }

  private void refused(Class<? extends Exception> type, ForeignObject said, byte[] nar) {
    assertThrows(type, () -> add(said, nar));
    assertFalse(store.isValid(said.path()));
  }

  @Test
  void keepsWhatIsSaid() throws IOException {
    byte[] lib = nar("a library");
    add(said(LIB, lib, List.of(), Optional.empty()), lib);
    String text = "uses /nix/store/" + LIB + " and /nix/store/" + APP + "\n";
    byte[] app = nar(text);
    PathInfo info = add(said(APP, app, List.of(LIB, APP), Optional.empty()), app);
    SortedSet<StorePath> references = new TreeSet<>(List.of(LIB, APP));
    assertEquals(references, info.references());
    assertEquals(new TreeSet<>(List.of("key-1:AAAA")), info.signatures());
    assertFalse(info.ultimate());
    try (InputStream in = ((FileTree.Regular) store.open(APP)).open()) {
      assertEquals(text, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
    assertEquals(0, store.verify(problem -> {}));
  }

  @Test
  void anotherContentIsRefused() {
    byte[] lib = nar("a library");
    ForeignObject said = said(LIB, lib, List.of(), Optional.empty());
    refused(FormatException.class, said, nar("a trap!!!"));
    refused(FormatException.class, said, nar("a library of another length"));
    refused(FormatException.class, said, new byte[10]);
    refused(FormatException.class, said, Arrays.copyOf(lib, lib.length - 1));
  }

  @Test
  void aReferenceThatIsNotHereIsRefused() {
    byte[] app = nar("an app");
    refused(StoreException.class, said(APP, app, List.of(LIB), Optional.empty()), app);
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforeItIsRead() {
    byte[] app = nar("an app");
    ForeignObject said = said(APP, app, List.of(), Optional.empty());
    ForeignObject huge =
        new ForeignObject(
            APP,
            said.narHash(),
            1L << 60,
            said.references(),
            said.deriver(),
            said.signatures(),
            said.contentAddress());
    StoreException e =
        assertThrows(
            StoreException.class, () -> store.importNar(huge, InputStream.nullInputStream()));
    assertTrue(e.getMessage().contains("1152921504606846976 bytes"), e.getMessage());
  }

  @Test
  void aContentAddressIsChecked() throws IOException {
    byte[] hello = nar("hello\n");
    Optional<ContentAddress> right =
        Optional.of(new ContentAddress(IngestionMethod.NAR, HELLO_HASH));
    refused(FormatException.class, said(LIB, hello, List.of(), right), hello);
    byte[] other = nar("hellO\n");
    refused(FormatException.class, said(HELLO, other, List.of(), right), other);
    assertEquals(HELLO_HASH, add(said(HELLO, hello, List.of(), right), hello).narHash());
  }

  @Test
  void foldersNestedAsDeeplyAsTheyCanBeDoNoHarm() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NarWriter nar = new NarWriter(out::write);
    nar.begin();
    for (int i = 0; i < 100_000; i++) {
      nar.beginDirectory();
      nar.beginEntry("a");
    }
    byte[] deep = out.toByteArray();
    refused(FormatException.class, said(APP, deep, List.of(), Optional.empty()), deep);
  }
}
