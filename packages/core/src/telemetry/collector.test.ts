import { expect, test } from 'vitest';
import { collectorOf } from './collector.ts';

test.each([
  ['t/v1/', 'https://registry.example', 'https://registry.example/t/v1/'],
  ['t/v1', 'https://registry.example/base/', 'https://registry.example/base/t/v1/'],
  ['t/v1/', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080/t/v1/'],
  ['/counted//', 'https://registry.example/base', 'https://registry.example/counted/'],
  ['https://registry.example/t/v1/?x=1#y', 'https://registry.example', 'https://registry.example/t/v1/'],
  ['https://count.example.org:8443/a', 'https://registry.example', 'https://count.example.org:8443/a/'],
  ['https://count.example.org', 'http://registry.example', 'https://count.example.org/'],
])('%s of %s is %s', (telemetryUrl, registryUrl, collector) => {
  expect(collectorOf(telemetryUrl, registryUrl)).toBe(collector);
});

test.each([
  undefined,
  null,
  '',
  7,
  true,
  { url: 't/v1/' },
  'http://count.example.org/',
  'http://registry.example/t/v1/',
  '//127.0.0.1/',
  'https://127.0.0.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://[::1]/',
  'https://localhost/',
  'https://admin.localhost/',
  'https://printer.local/',
  'https://vault.internal./',
  'https://ada:secret@count.example.org/',
  'https://ada@registry.example/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:,x',
  'https://',
  `https://count.example.org/${'a'.repeat(2000)}`,
])('a registry is not told where it names %j', (telemetryUrl) => {
  expect(collectorOf(telemetryUrl, 'https://registry.example')).toBeUndefined();
});

test('a registry in a folder is told nothing', () => {
  expect(collectorOf('https://count.example.org/', 'file:///srv/registry')).toBeUndefined();
  expect(collectorOf('t/v1/', './registry')).toBeUndefined();
});
