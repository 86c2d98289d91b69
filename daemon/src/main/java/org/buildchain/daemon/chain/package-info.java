/** The commands of claims. What they share stands in the packages below. */
package org.buildchain.daemon.chain;
