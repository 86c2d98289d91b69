package org.buildchain.daemon.explorer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Event;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Verdict;
import org.buildchain.chain.contracts.ClaimsAbi;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.TokenAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.index.LogSource;
import org.buildchain.chain.rpc.BlockHeader;
import org.buildchain.chain.rpc.Log;
import org.buildchain.store.format.FormatException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chain of so many claims, one for each block from 1 on: every tenth is disputed with its
 * publisher in the wrong, every tenth (another one) is still being built, the others are valid. The
 * names of derivations and the evidence are hostile.
 */
final class ManyClaims implements ExplorerSource, LogSource {
  static final String HOSTILE = "<img src=x onerror=\"document.title='taken over'\">";
  static final long BEGIN = 1_700_000_000;
  static final Word EVIDENCE = Keccak.hash("evidence");
  private static final int VALIDATORS = 20;
  private static final long BLOCK_SECONDS = 12;
  private static final BigInteger BCT = BigInteger.TEN.pow(18);

  private final int claims;
  private final List<List<Log>> blocks = new ArrayList<>();
  private final List<Log> current = new ArrayList<>();
  volatile boolean away;

  ManyClaims(int claims) {
    this.claims = claims;
    add(
        TokenAbi.TRANSFER,
        Address.ZERO,
        account("drop"),
        BCT.multiply(BigInteger.valueOf(100_000_000)));
    for (int i = 0; i < VALIDATORS; i++) {
      add(ValidatorRegistryAbi.JOINED, validator(i), account("operator " + i), n(i));
      add(ValidatorRegistryAbi.STAKE_CHANGED, validator(i), BCT.multiply(n(5000 + i)));
      add(RewardsAbi.REWARDED, n(0), validator(i), account("operator " + i), BCT);
      add(TokenAbi.TRANSFER, Address.ZERO, account("operator " + i), BCT);
    }
    end();
    for (int i = 0; i < claims; i++) {
      claim(i);
      end();
    }
  }

  static Word claimId(int i) {
    return Keccak.hash("claim " + i);
  }

  static Address validator(int i) {
    return account("validator " + i % VALIDATORS);
  }

  private static Address account(String name) {
    return Address.of(Keccak.hash(name));
  }

  private static BigInteger n(long n) {
    return BigInteger.valueOf(n);
  }

  private void claim(int i) {
    Word id = claimId(i);
    Word output = Keccak.hash("output " + i);
    Word other = Keccak.hash("other output " + i);
    long time = BEGIN + BLOCK_SECONDS * (i + 1);
    add(
        ClaimsAbi.CLAIM_PUBLISHED,
        id,
        Keccak.hash("derivation " + i),
        account("publisher " + i % 7),
        Word.ZERO,
        n(0));
    add(ClaimsAbi.DRAWN, id, n(0), validator(i), n(time + 600));
    if (i % 10 == 1) {
      return;
    }
    boolean disputed = i % 10 == 2;
    add(ClaimsAbi.COMMITTED, id, n(0), Word.ZERO);
    add(ClaimsAbi.DRAWN, id, n(1), validator(i + 1), n(time + 700));
    add(ClaimsAbi.COMMITTED, id, n(1), Word.ZERO);
    add(ClaimsAbi.REVEALS_DUE, id, n(time + 800));
    add(ClaimsAbi.REVEALED, id, n(0), output, n(30));
    add(ClaimsAbi.REVEALED, id, n(1), disputed ? other : output, n(50));
    add(ClaimsAbi.OUTPUT_SHOWN, id, output);
    if (disputed) {
      dispute(id, output, other, time);
      add(ClaimsAbi.ENDED, id, n(Phase.REFUTED.ordinal()));
    } else {
      add(ClaimsAbi.TIMED, id, n(40), n(40));
      add(ClaimsAbi.ENDED, id, n(Phase.VALID.ordinal()));
    }
  }

  private void dispute(Word claim, Word output, Word other, long time) {
    Word dispute = Commitments.dispute(claim, 1);
    add(ClaimsAbi.DISPUTED, claim, n(1), output, other, n(time + 3600));
    for (int seat = 0; seat < 3; seat++) {
      add(
          JuryAbi.SEATED,
          dispute,
          n(seat),
          validator(5 + seat),
          BCT.multiply(n(5000)),
          n(time + 10),
          n(time + 40));
      add(JuryAbi.VOTED, dispute, n(seat));
      add(JuryAbi.VOTE_REVEALED, dispute, n(seat), n(Verdict.PUBLISHER.ordinal()));
    }
    BigInteger b = BCT.multiply(BigInteger.TEN);
    add(PredictionMarketAbi.MARKET_OPENED, dispute, validator(1), b, EVIDENCE);
    add(PredictionMarketAbi.TRADED, dispute, account("trader"), n(1), b, BCT.multiply(n(5)));
    add(ClaimsAbi.SETTLED, claim, n(1), n(Verdict.PUBLISHER.ordinal()));
  }

  private void add(Event event, Object... values) {
    List<Word> topics = new ArrayList<>(List.of(event.topic()));
    List<AbiType> types = new ArrayList<>();
    List<Object> plain = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (!event.indexed().get(i)) {
        types.add(event.types().parts().get(i));
        plain.add(values[i]);
        continue;
      }
      topics.add(
          switch (values[i]) {
            case Address a -> a.word();
            case BigInteger number -> Word.of(number);
            default -> (Word) values[i];
          });
    }
    byte[] data = Abi.encode(new AbiType.Tuple(types), plain);
    current.add(
        new Log(Address.ZERO, topics, data, blocks.size(), current.size(), Keccak.hash("tx")));
  }

  private void end() {
    blocks.add(List.copyOf(current));
    current.clear();
  }

  @Override
  public BlockHeader latest() {
    if (away) {
      throw new FormatException("the node", "is away");
    }
    return block(blocks.size() - 1L).orElseThrow();
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    return number >= blocks.size()
        ? Optional.empty()
        : Optional.of(
            new BlockHeader(
                number,
                BEGIN + BLOCK_SECONDS * number,
                Keccak.hash("block " + number),
                Word.ZERO,
                Word.ZERO,
                new byte[0]));
  }

  @Override
  public long first() {
    return 0;
  }

  @Override
  public List<Log> logs(long from, long to) {
    return blocks.subList((int) from, (int) to + 1).stream().flatMap(List::stream).toList();
  }

  @Override
  public LogSource logs() {
    return this;
  }

  @Override
  public Map<String, String> network() {
    return new LinkedHashMap<>(Map.of("node", "a test", "chain", "1"));
  }

  @Override
  public Optional<String> nameOf(Word derivation) {
    Word newest = Keccak.hash("derivation " + (claims - 1));
    return derivation.equals(newest) ? Optional.of(HOSTILE) : Optional.empty();
  }

  @Override
  public BigInteger supply() {
    return BCT.multiply(n(100_000_020));
  }

  @Override
  public long periodLength() {
    return 604_800;
  }

  @Override
  public BigInteger periodAmount(long period) {
    return BCT.multiply(n(100_000));
  }

  @Override
  public long periodCredit(long period) {
    return 80;
  }

  @Override
  public ObjectNode evidence(Word digest) {
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("published", HOSTILE).put("reported", HOSTILE);
    ObjectNode output = out.putArray("outputs").addObject().put("name", HOSTILE);
    output.put("verdict", HOSTILE).putObject("classes").put(HOSTILE, 1);
    ObjectNode difference = output.putArray("differences").addObject().put("path", HOSTILE);
    difference.putArray("place").add(HOSTILE);
    difference.put("class", HOSTILE).put("effect", HOSTILE).put("detail", HOSTILE);
    difference.put("leftExcerpt", HOSTILE).put("rightExcerpt", HOSTILE).put("count", 1);
    output.put("omitted", 0);
    return out;
  }
}
