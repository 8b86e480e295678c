export { fetchArchives } from './run.ts';
