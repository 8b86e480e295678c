export { startSlack, type SlackDouble } from './double.ts';
export { postEvent, SIGNING_SECRET } from './post-event.ts';
export type { Fault } from './faults.ts';
export type { PostedMessage } from './workspace.ts';
export type { Envelope } from './socket.ts';
