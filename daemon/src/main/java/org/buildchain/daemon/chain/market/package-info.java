/** Trading in the prediction markets of disputes: {@code bc market}. */
package org.buildchain.daemon.chain.market;
