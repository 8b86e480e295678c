export { checkLinks } from './run.ts';
