export { addressed, lookAt, newEvents, type NewEvent, type Pending, type Seen, type Subscriber } from './notices.ts';
