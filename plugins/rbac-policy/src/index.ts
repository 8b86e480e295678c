import { createRbacPolicy } from './plugin.ts';

export default createRbacPolicy(() => new Date());
