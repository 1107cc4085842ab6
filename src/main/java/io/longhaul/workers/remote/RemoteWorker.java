package io.longhaul.workers.remote;

/**
 * A worker that sent a request.
 *
 * @param id its run
 * @param name for people
 */
public record RemoteWorker(long id, String name) {}
