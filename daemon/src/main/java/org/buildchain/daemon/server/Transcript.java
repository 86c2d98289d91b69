package org.buildchain.daemon.server;

/**
 * What a client and a command have said to each other.
 *
 * @param request the request's bytes as an octet string
 * @param reply the frames of the command's output and those that end it, its exit status 0
 */
public record Transcript(String request, byte[] reply) {}
