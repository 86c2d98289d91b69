/**
 * The tables of the store: transactions and snapshots of them, durable at once or soon after. What
 * stands in the tables is described in {@code docs/formats.md}.
 */
package org.buildchain.store.database;
