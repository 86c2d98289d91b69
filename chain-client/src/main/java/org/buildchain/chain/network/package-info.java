/** Where the contracts stand on a chain, and putting them there. */
package org.buildchain.chain.network;
