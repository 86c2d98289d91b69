package org.buildchain.chain.rpc;

import java.util.List;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Word;

/**
 * What became of a transaction.
 *
 * @param ok whether it did what it should; otherwise it was undone and cost gas all the same
 * @param created the contract that it created
 */
public record Receipt(
    Word transaction,
    boolean ok,
    long block,
    long gasUsed,
    Optional<Address> created,
    List<Log> logs) {}
