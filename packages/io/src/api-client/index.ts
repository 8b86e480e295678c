export { createApiClient, type ApiClient, type ApiClientOptions } from './client.ts';
export { packSearchFile, toShardedIndex, unpackSearchFile } from './search-codec.ts';
export { isWholeResponse } from './cache.ts';
export type { TrustOptions } from './trust/verified-ask.ts';
export type { Get, Through } from './reach.ts';
export { trustedRoot } from './trust/trust-state.ts';
