/** What a chain says, proved against a block's state root: its node need not be trusted. */
package org.buildchain.chain.proof;
