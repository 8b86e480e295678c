export { mirror } from './run.ts';
