/** The client's side of both protocols: stores that a daemon of Nix or of bc serves elsewhere. */
package org.buildchain.substituter.worker.client;
