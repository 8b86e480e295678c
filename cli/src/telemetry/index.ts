export { queueEvents } from './queue-events.ts';
export { readState, switchTelemetry, type TelemetryState } from './state.ts';
export { readQueue, type ShownEvents } from './show.ts';
