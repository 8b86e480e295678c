export { startRedis, type RedisServer } from './server.ts';
