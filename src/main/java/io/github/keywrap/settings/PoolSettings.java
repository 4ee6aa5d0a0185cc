package io.github.keywrap.settings;

/**
 * Where the calls of one key run.
 *
 * @param threads 0: where the call arrives; otherwise a pool of that size
 * @param queue calls that may wait for a thread of the pool
 */
public record PoolSettings(int threads, int queue) {}
