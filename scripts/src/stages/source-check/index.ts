export { SOURCE_FILE, sourceCheck, type SourceCheckInput } from './run.ts';
