/** The bytes of Ethereum: words, addresses, Keccak-256, RLP, the contract ABI. Leaf code. */
package org.buildchain.chain.abi;
