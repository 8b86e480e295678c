export { notify, type NotifyOutcome } from './run.ts';
