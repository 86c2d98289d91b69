/** CAR files: blocks one behind the other. Leaf code. Source: ipld.io, "CARv1" and "CARv2". */
package org.buildchain.store.car;
