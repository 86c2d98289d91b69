/** A trustless gateway of IPFS: blocks and CAR files, also of what a path leads to. */
package org.buildchain.substituter.gateway;
