/**
 * Trees of files in the data model of NAR: regular files with one permission bit, folders, links.
 */
package org.buildchain.store.tree;
