export { initRegistry, type InitInput } from './run.ts';
