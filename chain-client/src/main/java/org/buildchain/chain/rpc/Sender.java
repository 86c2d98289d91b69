package org.buildchain.chain.rpc;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Call;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.wallet.Key;
import org.buildchain.chain.wallet.Transaction;

/**
 * Sends an account's transactions, one after the other. One that is in no block after a while, for
 * want of a fee that has risen meanwhile, is sent once more with a higher one when the next is.
 * Thread-safe.
 */
public abstract sealed class Sender {
  private static final Duration STEP = Duration.ofMillis(100);

  private final Node node;

  private Sender(Node node) {
    this.node = node;
  }

  /** One that signs with a key. */
  public static Sender of(Node node, Key key) {
    return new Signing(node, key);
  }

  /** One for an account of a local chain whose key the node holds. */
  public static Sender unlocked(Node node, Address account) {
    return new Unlocked(node, account);
  }

  /** The account. */
  public abstract Address account();

  /**
   * Sends a transaction.
   *
   * @return its hash
   * @throws NodeException if it would fail, with the contract's reason
   */
  public abstract Word send(Optional<Address> to, byte[] data, BigInteger value);

  /** Calls a contract's function by a transaction. */
  public Word send(Address contract, Call call) {
    return send(Optional.of(contract), call.data(), BigInteger.ZERO);
  }

  /**
   * Calls a contract's function and waits until that is in a block.
   *
   * @throws NodeException if it fails, or is in no block after {@code patience}
   */
  public Receipt run(Address contract, Call call, Duration patience) throws InterruptedException {
    return await(send(contract, call), call.name(), patience);
  }

  /** Waits until a transaction is in a block; see {@link #run}. */
  public Receipt await(Word transaction, String what, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<Receipt> receipt = node.receipt(transaction);
      if (receipt.isPresent()) {
        if (!receipt.get().ok()) {
          throw NodeException.refused(what + ": transaction " + transaction + " failed", "");
        }
        return receipt.get();
      }
      if (System.nanoTime() > end) {
        throw NodeException.unreachable(
            what + ": transaction " + transaction + " is in no block yet", null);
      }
      Thread.sleep(STEP);
    }
  }

  private static final class Signing extends Sender {
    private final Node node;

    /** Blocks after which a transaction is stuck. */
    private static final long STUCK = 4;

    /** Times the fee that the node proposes: no more is paid to be faster. */
    private static final long MOST = 8;

    private final Key key;
    private final Map<Long, Transaction> waiting = new TreeMap<>();
    private long chainId = -1;
    private long oldest = -1;
    private long since;

    Signing(Node node, Key key) {
      super(node);
      this.node = node;
      this.key = key;
    }

    @Override
    public Address account() {
      return key.address();
    }

    @Override
    public synchronized Word send(Optional<Address> to, byte[] data, BigInteger value) {
      long gas = node.estimateGas(account(), to, data, value);
      if (chainId < 0) {
        chainId = node.chainId();
      }
      Optional<BigInteger> base = node.baseFee();
      BigInteger fee = node.proposedFee(base.isPresent());
      // Enough for six full blocks in a row; what is not needed is not taken.
      BigInteger most = base.map(b -> b.multiply(BigInteger.TWO).add(fee)).orElse(fee);
      // What is there when it runs may cost more than what is there now.
      long limit = gas + gas / 4 + 20_000;
      Transaction wanted = new Transaction(chainId, 0, fee, most, limit, to, value, data);
      long next = node.nonce(account());
      OptionalLong stuck = stuck(next);
      if (stuck.isPresent()) {
        Optional<Word> replaced = replace(stuck.getAsLong(), wanted, base.isPresent());
        if (replaced.isPresent()) {
          return replaced.get();
        }
      }
      return send(wanted.with(next, fee, most), base.isPresent());
    }

    /** The nonce of a transaction that has been the next to come for too many blocks. */
    private OptionalLong stuck(long next) {
      long mined = node.mined(account());
      waiting.keySet().removeIf(n -> n < mined || n >= next);
      long block = node.blockNumber();
      if (mined != oldest || block < since) {
        oldest = mined;
        since = block;
      }
      return mined < next && block >= since + STUCK ? OptionalLong.of(mined) : OptionalLong.empty();
    }

    /**
     * Sends what is stuck with a higher fee, or in its place what is wanted now if an earlier
     * process sent it: its steps follow from the chain and are sent again.
     *
     * @return the transaction, if it is the one wanted
     */
    private Optional<Word> replace(long nonce, Transaction wanted, boolean dynamic) {
      Transaction old = waiting.getOrDefault(nonce, wanted);
      BigInteger bound = BigInteger.valueOf(MOST);
      Transaction higher =
          old.with(
              nonce,
              higher(old.maxPriorityFee(), wanted.maxPriorityFee())
                  .min(wanted.maxPriorityFee().multiply(bound)),
              higher(old.maxFee(), wanted.maxFee()).min(wanted.maxFee().multiply(bound)));
      try {
        Word sent = send(higher, dynamic);
        since = node.blockNumber();
        return old.isSameCall(wanted) ? Optional.of(sent) : Optional.empty();
      } catch (NodeException e) {
        if (e.isRefusal()) {
          // The bound is reached, or it has just come into a block.
          return Optional.empty();
        }
        throw e;
      }
    }

    /** Nodes want a tenth more at least. */
    private static BigInteger higher(BigInteger before, BigInteger now) {
      return before.multiply(BigInteger.valueOf(5)).shiftRight(2).add(BigInteger.ONE).max(now);
    }

    private Word send(Transaction transaction, boolean dynamic) {
      Word hash =
          node.sendRaw(dynamic ? transaction.signed(key) : transaction.signedWithGasPrice(key));
      waiting.put(transaction.nonce(), transaction);
      return hash;
    }
  }

  private static final class Unlocked extends Sender {
    private static final int ATTEMPTS = 50;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private final Node node;
    private final Address account;

    Unlocked(Node node, Address account) {
      super(node);
      this.node = node;
      this.account = account;
    }

    @Override
    public Address account() {
      return account;
    }

    @Override
    public Word send(Optional<Address> to, byte[] data, BigInteger value) {
      for (int attempt = 1; ; attempt++) {
        try {
          return node.sendUnlocked(account, to, data, value);
        } catch (NodeException e) {
          // The node numbers what it signs. Two who send at once may get the same number, and one
          // of them is refused; a contract's refusal comes with its reason.
          if (!e.isRefusal() || e.revertData().isPresent() || attempt == ATTEMPTS) {
            throw e;
          }
          // Of random length, so that they don't meet again.
          LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
        }
      }
    }
  }
}
