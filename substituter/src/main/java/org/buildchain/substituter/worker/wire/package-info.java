/** The values of both protocols, and their numbers, as bytes: read with limits, and written. */
package org.buildchain.substituter.worker.wire;
