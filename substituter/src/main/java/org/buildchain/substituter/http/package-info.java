/**
 * A server of HTTP/1.1 (RFC 9112) that sends files without taking them into memory: a virtual
 * thread for each connection, and the kernel copies from the file to the socket. Why it is not a
 * library's: docs/decisions/serving-files.md.
 */
package org.buildchain.substituter.http;
