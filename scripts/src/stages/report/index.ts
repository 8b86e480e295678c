export { tellReport } from './run.ts';
