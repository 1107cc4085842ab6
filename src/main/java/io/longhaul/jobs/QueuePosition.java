package io.longhaul.jobs;

/**
 * Where a job stands among those of its tool.
 *
 * @param priority 0 to 10; higher ones come first
 * @param number within a priority lower ones come first
 */
public record QueuePosition(int priority, long number) {}
