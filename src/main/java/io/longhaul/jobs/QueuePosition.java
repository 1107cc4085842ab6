package io.longhaul.jobs;

/**
 * The position of a job in its tool's queue.
 *
 * @param priority 0 to 10; higher ones come first
 * @param number within a priority, lower ones come first
 */
public record QueuePosition(int priority, long number) {}
