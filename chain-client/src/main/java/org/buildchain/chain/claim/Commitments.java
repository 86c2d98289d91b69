package org.buildchain.chain.claim;

import java.math.BigInteger;
import java.util.Arrays;
import org.buildchain.chain.abi.Abi;
import org.buildchain.chain.abi.AbiType;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Keccak;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.network.Network;

/** What publishers, validators and jurors commit to; docs/formats.md, "On the chain". */
public final class Commitments {
  private static final Word CLAIM = Keccak.hash("Build Chain claim 1");
  private static final Word REPORT = Keccak.hash("Build Chain report 1");
  private static final Word VOTE = Keccak.hash("Build Chain vote 1");

  private static final int KEPT = 24;

  private final BigInteger chainId;
  private final Address claims;
  private final Address jury;

  /** For the contracts of this network: commitments of one chain say nothing on another. */
  public Commitments(Network network) {
    this.chainId = BigInteger.valueOf(network.chainId());
    this.claims = network.claims();
    this.jury = network.jury();
  }

  private static Word hash(String types, Object... values) {
    return Keccak.hash(Abi.encode(AbiType.parameters(types), Arrays.asList(values)));
  }

  /** A publisher's commitment. */
  public Word ofClaim(Address publisher, Word derivation, Word output, Word salt) {
    return hash(
        "(bytes32,uint256,address,address,bytes32,bytes32,bytes32)",
        CLAIM,
        chainId,
        claims,
        publisher,
        derivation,
        output,
        salt);
  }

  /** What the chain keeps of a report's commitment or output: the first 24 bytes, then zeros. */
  public static Word kept(Word full) {
    byte[] bytes = full.bytes();
    Arrays.fill(bytes, KEPT, bytes.length, (byte) 0);
    return new Word(bytes);
  }

  /** A claim's id. */
  public static Word claimId(Address publisher, Word derivation, Word commitment) {
    return hash("(address,bytes32,bytes32)", publisher, derivation, commitment);
  }

  /**
   * A validator's commitment.
   *
   * @param time build time in seconds
   */
  public Word ofReport(Word claim, long number, Word output, long time, Word salt) {
    return hash(
        "(bytes32,uint256,address,bytes32,uint256,bytes32,uint32,bytes32)",
        REPORT,
        chainId,
        claims,
        claim,
        BigInteger.valueOf(number),
        output,
        BigInteger.valueOf(time),
        salt);
  }

  /** A juror's commitment. */
  public Word ofVote(Word dispute, long seat, Verdict verdict, Word salt) {
    return hash(
        "(bytes32,uint256,address,bytes32,uint256,uint8,bytes32)",
        VOTE,
        chainId,
        jury,
        dispute,
        BigInteger.valueOf(seat),
        BigInteger.valueOf(verdict.ordinal()),
        salt);
  }

  /** The name of a dispute about a report. */
  public static Word dispute(Word claim, long report) {
    return hash("(bytes32,uint256)", claim, BigInteger.valueOf(report));
  }
}
