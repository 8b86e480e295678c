import { createPostgresStorage } from './plugin.ts';

export default createPostgresStorage(() => Date.now());
