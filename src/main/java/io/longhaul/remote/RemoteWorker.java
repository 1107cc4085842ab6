package io.longhaul.remote;

/**
 * A worker that a request comes from.
 *
 * @param id its run
 * @param name for people
 */
public record RemoteWorker(long id, String name) {}
