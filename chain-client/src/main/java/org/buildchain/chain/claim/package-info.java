/** The life of a claim: what its parties commit to, and moving it on. */
package org.buildchain.chain.claim;
