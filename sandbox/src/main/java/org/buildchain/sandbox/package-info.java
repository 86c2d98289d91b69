/** One builder run in isolation, by way of the helper {@code bc-sandbox}. */
package org.buildchain.sandbox;
