export { initRegistry } from './run.ts';
