import { createRedisStorage } from './plugin.ts';

export default createRedisStorage(() => Date.now());
