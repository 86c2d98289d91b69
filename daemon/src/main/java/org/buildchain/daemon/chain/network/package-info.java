/** Which chain a store uses, and with which wallet: {@code bc chain} and {@code bc wallet}. */
package org.buildchain.daemon.chain.network;
