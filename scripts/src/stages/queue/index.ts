export { writeQueue, type QueueSource } from './run.ts';
