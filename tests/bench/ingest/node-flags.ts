/**
 * Of every process that takes messages, ingest's as docker-compose.yml starts it and all others alike: room for young
 * objects, MB, so that what waits for its commit is not copied again and again.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=64'];
