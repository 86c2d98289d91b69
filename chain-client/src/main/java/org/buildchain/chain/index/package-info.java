/** What happened on a chain, kept in memory and up to date, for those who look at all of it. */
package org.buildchain.chain.index;
