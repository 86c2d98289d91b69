/** IPFS's formats: CIDs, dag-pb with UnixFS, dag-cbor. Leaf code. */
package org.buildchain.store.ipld;
