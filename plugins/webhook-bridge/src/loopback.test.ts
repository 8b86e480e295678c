import { expect, it } from 'vitest';
import { isLoopbackHost, isLoopbackHostHeader } from './loopback.ts';

it.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LocalHost'])('takes %s for this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example.test', '', '127.0.0.1.example.test'])(
  'does not take %s for this machine',
  (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  },
);

it.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', 'localhost'])('takes the Host header %s', (header) => {
  expect(isLoopbackHostHeader(header)).toBe(true);
});

it.each([undefined, '', 'rebound.example.test', 'rebound.example.test:8080', '10.0.0.1:8080', ':'])(
  'refuses the Host header %s',
  (header) => {
    expect(isLoopbackHostHeader(header)).toBe(false);
  },
);
