export { ci } from './run.ts';
