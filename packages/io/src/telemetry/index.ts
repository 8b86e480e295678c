export { createDailyMarker, type DailyMarker } from './daily-marker.ts';
export { createEventQueue, type EventQueue, type QueuedEvent, type ToldEvent } from './event-queue.ts';
export { startSender, type SenderStart } from './start-sender.ts';
