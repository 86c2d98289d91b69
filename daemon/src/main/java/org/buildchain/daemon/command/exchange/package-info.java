/** What passes between this store and others: {@code bc copy}, {@code serve} and {@code key}. */
package org.buildchain.daemon.command.exchange;
