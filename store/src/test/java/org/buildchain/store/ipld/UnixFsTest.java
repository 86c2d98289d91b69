package org.buildchain.store.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.format.FormatException;
import org.junit.jupiter.api.Test;

/** CIDs expected are those of npm's ipfs-unixfs-importer 17.1.1 with the profile unixfs-v1-2025. */
class UnixFsTest {
  private final Map<Cid, byte[]> blocks = new HashMap<>();
  private final UnixFsWriter writer = new UnixFsWriter(b -> blocks.put(b.cid(), b.data()));
  private final UnixFsReader reader = new UnixFsReader(blocks::get);

  private static byte[] bytes(int n) {
    byte[] out = new byte[n];
    int x = 1;
    for (int i = 0; i < n; i++) {
      x = x * 1103515245 + 12345;
      out[i] = (byte) (x >>> 16);
    }
    return out;
  }

  private UnixFsWriter.Written file(byte[] data, boolean executable) throws IOException {
    UnixFsWriter.FileWriter file = writer.file(executable);
    for (int at = 0; at < data.length; at += UnixFsWriter.CHUNK) {
      file.chunk(Arrays.copyOfRange(data, at, Math.min(data.length, at + UnixFsWriter.CHUNK)));
    }
    return file.finish();
  }

  private String cid(byte[] data) throws IOException {
    return file(data, false).cid().toString();
  }

  @Test
  void filesHaveTheCidsOfOtherImplementations() throws IOException {
    assertEquals("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", cid(bytes(0)));
    assertEquals(
        "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4",
        cid("hello world\n".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        "bafkreib5xlbpsquvpy3f3zqlimlk3jdbebvxex4uizcwxsc35ei7wvbm5a", cid(bytes(1 << 20)));
    assertEquals(
        "bafybeie5cjy5fpq2r6tm5htvlwjkzymawsvsfurorem57kboriyeilvs2i", cid(bytes((1 << 20) + 1)));
    assertEquals(
        "bafybeigsu4vy2fdta3k5i3smaudn72a3c53qlsua2lfvlqg2xrxtzy2suu", cid(bytes((3 << 20) + 5)));
  }

  @Test
  void linksAndExecutablesHaveTheCidsOfOtherImplementations() throws IOException {
    assertEquals(
        "bafybeih2lj6etznrpm3z6suw7a4czbmlyzar5kytsro2lq7qqeejcrwuja",
        writer.symlink("../x").cid().toString());
    assertEquals(
        "bafybeig5qmpgewjisloubkpeegwebw62jwo2qeh5bily5myhhd66e4vrsi",
        file(new byte[] {1}, true).cid().toString());
    assertEquals(
        "bafybeiejsblrg76i2hxwipom2lyhehq3ftfxbiurtumuxrfhz5u2jys7ne",
        file(new byte[0], true).cid().toString());
    assertEquals(
        "bafybeifrcrzkn7jnme7bwn7ymcezmvh2jwzscflzaxx2c4265p3ps74iti",
        file(bytes((1 << 20) + 1), true).cid().toString());
  }

  @Test
  void moreThan1024ChunksMakeAnotherLevel() throws IOException {
    UnixFsWriter.FileWriter file = writer.file(false);
    byte[] zeros = new byte[1 << 20];
    for (int i = 0; i < 1025; i++) {
      file.chunk(zeros);
    }
    UnixFsWriter.Written written = file.finish();
    assertEquals(
        "bafybeigt7wofv4vnxbg3titijasuw4ptg5kfztec4smsk7opdt7z6djoxq", written.cid().toString());
    assertEquals(1074841783, written.size());
    assertEquals(1025L << 20, ((UnixFsNode.File) reader.open(written.cid())).size());
  }

  @Test
  void foldersHaveTheCidsOfOtherImplementations() throws IOException {
    UnixFsWriter.Written b =
        writer.directory(List.of(new UnixFsWriter.Child("c", file(new byte[] {'c', 'c'}, false))));
    UnixFsWriter.Written tree =
        writer.directory(
            List.of(
                new UnixFsWriter.Child("a", file(new byte[] {'a'}, false)),
                new UnixFsWriter.Child("b", b),
                new UnixFsWriter.Child("empty", file(new byte[0], false))));
    assertEquals(
        "bafybeicbbcvcisc2ueaxyvp4bvwbnpwncb72re3gc4is5ungyzoiczwdoa", tree.cid().toString());
    assertEquals(195, tree.size());
    assertEquals(
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
        writer.directory(List.of()).cid().toString());
  }

  private UnixFsWriter.Written numbered(int count) throws IOException {
    List<UnixFsWriter.Child> children = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] content = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
      children.add(
          new UnixFsWriter.Child(String.format(Locale.ROOT, "file-%06d", i), file(content, false)));
    }
    return writer.directory(children);
  }

  @Test
  void largeFoldersAreShardedAsOthersDo() throws IOException {
    assertEquals(
        "bafybeidgqzxt3k6vfjgseepqtxlf7um36zdkxdy2ftquaxkku3prkok3fy",
        numbered(4000).cid().toString());
    assertEquals(
        "bafybeiek4j7y7ubjenbspg3jw6vqph7flvzcuus5usmtynz75krovc3tba",
        numbered(4500).cid().toString());
    assertEquals(
        "bafybeiaouefvwt2x4xqc2xlb2mwrapmyukamuixzvang4hfnskkbnjop6u",
        numbered(5000).cid().toString());
    assertEquals(
        "bafybeiaimlo23kaeu3xxf5xhgqq5y26ibz7xsva5acrqtjtv4tjwteb4g4",
        numbered(20000).cid().toString());
  }

  @Test
  void shardedFoldersAreReadBack() throws IOException {
    UnixFsNode.Directory folder = (UnixFsNode.Directory) reader.open(numbered(5000).cid());
    List<UnixFsNode.Directory.Child> children = folder.children();
    assertEquals(5000, children.size());
    assertEquals("file-000000", children.getFirst().name());
    for (UnixFsNode.Directory.Child child : children.subList(0, 200)) {
      assertEquals(Optional.of(child), folder.child(child.name()));
    }
    assertEquals(Optional.empty(), folder.child("file-005000"));
  }

  @Test
  void filesAreReadBackFromAnyOffset() throws IOException {
    byte[] data = bytes((2 << 20) + 77);
    UnixFsNode.File file = (UnixFsNode.File) reader.open(file(data, true).cid());
    assertEquals(true, file.executable());
    for (int offset : new int[] {0, 1, (1 << 20) - 3, 1 << 20, (2 << 20) + 70, data.length}) {
      byte[] part = new byte[1000];
      int n = file.read(offset, ByteBuffer.wrap(part));
      assertEquals(Math.min(1000, data.length - offset), n);
      assertArrayEquals(
          Arrays.copyOfRange(data, offset, offset + n), Arrays.copyOfRange(part, 0, n));
    }
  }

  @Test
  void linksAndExecutablesKeepWhatTheyAre() throws IOException {
    UnixFsNode link = reader.open(writer.symlink("../x").cid());
    assertEquals("../x", ((UnixFsNode.Symlink) link).target());
    UnixFsNode.File run = (UnixFsNode.File) reader.open(file(new byte[] {1}, true).cid());
    assertEquals(true, run.executable());
    assertEquals(1, run.size());
  }

  @Test
  void cidsAreReadBackAndBadOnesRefused() throws IOException {
    Cid cid = file(new byte[] {1, 2, 3}, false).cid();
    assertEquals(cid, Cid.parse(cid.toString()));
    assertThrows(
        FormatException.class, () -> Cid.parse("QmWATWQ7fVPP2EFGu71UkfnqhYXDYH566qy47CnJDgvs8u"));
    assertThrows(FormatException.class, () -> Cid.parse(cid.toString().replace('b', '1')));
    assertThrows(FormatException.class, () -> Cid.ofBytes(new byte[36]));
  }

  @Test
  void brokenNodesAreRefused() {
    for (byte[] bad :
        List.of(new byte[] {0x12, 0x05, 1}, new byte[] {0x0a, 0x02, 8, 9}, new byte[] {-1})) {
      Block block = Block.of(Cid.Codec.DAG_PB, bad);
      blocks.put(block.cid(), bad);
      assertThrows(FormatException.class, () -> reader.open(block.cid()));
    }
  }
}
