export { collectorsOf } from './collectors.ts';
