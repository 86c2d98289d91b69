/** The commands of claims: chains, wallets, claiming, validating, verifying. */
package org.buildchain.daemon.chain;
