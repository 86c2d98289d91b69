/**
 * Derivations and outputs of this store as the chain knows them: what is claimed of them, the
 * blocks that claims and evidence name, and what is taken because the chain calls it valid.
 */
package org.buildchain.daemon.chain.output;
