export { parseRateLimit } from './rate-limit.ts';
export { startServer, type ServeOptions } from './server.ts';
