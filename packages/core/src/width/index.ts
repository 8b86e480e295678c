export { displayWidth } from './width.ts';
