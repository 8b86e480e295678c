import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

let signals = 0;
const count = (): void => void (signals += 1);
beforeAll(() => void process.on('SIGUSR2', count).on('SIGTERM', count).on('SIGHUP', count));
afterAll(() => void process.off('SIGUSR2', count).off('SIGTERM', count).off('SIGHUP', count));

escapeTest('the daemon gets no signal and no other priority', {
  attempts: () => `
    import os from 'node:os';
    const host = ${process.pid};
    export const attempts = {
      control: () => (process.pid > 0 ? 'works' : ''),
      host: () => process.kill(host, 'SIGUSR2'),
      parent: () => process.kill(process.ppid, 'SIGTERM'),
      group: () => process.kill(-host, 'SIGHUP'),
      everybody: () => process.kill(-1, 'SIGHUP'),
      raw: () => process._kill(host, 12),
      named: async () => (await import('node:process')).kill(host, 'SIGUSR2'),
      builtin: () => process.getBuiltinModule('process').kill(host, 'SIGUSR2'),
      prototype: () => Object.getPrototypeOf(process).kill(host, 'SIGUSR2'),
      redefine: () => { 'use strict'; delete process.kill; process.kill(host, 'SIGUSR2'); },
      priority: () => os.setPriority(host, 19),
    };`,
  observe: () => signals,
  observed: 0,
});
