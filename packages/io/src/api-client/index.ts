export { createApiClient, type ApiClient, type ApiClientOptions } from './client.ts';
export { isWholeResponse } from './cache.ts';
