export { createApiClient, type ApiClient, type ApiClientOptions } from './client.ts';
