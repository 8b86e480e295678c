export { buildSite } from './run.ts';
