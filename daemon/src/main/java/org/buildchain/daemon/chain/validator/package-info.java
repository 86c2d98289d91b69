/** Rebuilding what others claim, and standing by it in disputes: {@code bc validator}. */
package org.buildchain.daemon.chain.validator;
