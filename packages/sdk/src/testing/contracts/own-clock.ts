/** The clock that runs: a test may have put another in its place, by which a contract would wait for ever. */
import timers from 'node:timers/promises';

export const { setTimeout: startTimer, clearTimeout: stopTimer, setInterval: startInterval } = globalThis;
export const { setTimeout: sleep } = timers;
