/** A store whose objects stand as plain files in a folder as well. */
package org.buildchain.store.checkout;
