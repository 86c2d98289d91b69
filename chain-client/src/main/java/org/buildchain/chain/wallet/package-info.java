/** Keys: signing transactions, and files that hold keys encrypted. */
package org.buildchain.chain.wallet;
