/** What readers and writers of all formats share: octet strings, and the error for bad input. */
package org.buildchain.store.format;
