/** What keeps objects alive. */
package org.buildchain.store.pin;
