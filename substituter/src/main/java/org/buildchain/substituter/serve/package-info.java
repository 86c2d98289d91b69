/** A binary cache over HTTP, made from a store. */
package org.buildchain.substituter.serve;
