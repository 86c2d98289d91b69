/** A node of a chain: its JSON-RPC, blocks, logs, transactions. */
package org.buildchain.chain.rpc;
