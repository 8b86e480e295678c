import { ArError } from '@ar-registry/core/errors';
import { expect, test } from 'vitest';
import { unreadable, type LoadedPlugin } from './loaded-plugin.ts';
import { describeLoaded } from './report.ts';

test('an active plugin is one line', () => {
  const facts = { name: '@a/b', version: '1.0.0', type: 'hook' } as const;
  expect(describeLoaded({ ...facts, status: 'active' } as LoadedPlugin)).toBe('@a/b@1.0.0 hook active');
});

test('a failed plugin has its code in the first line and the remedy in the second', () => {
  const lines = describeLoaded(unreadable('@a/b', new ArError('PLUGIN_NOT_INSTALLED', { plugin: '@a/b' }))).split('\n');
  expect(lines[0]).toMatch(/^@a\/b error PLUGIN_NOT_INSTALLED /);
  expect(lines[1]).toMatch(/^ {2}\S/);
  expect(lines).toHaveLength(2);
});

test('text of a plugin cannot forge lines or drive the terminal', () => {
  const error = new ArError('PLUGIN_LOAD_FAILED', {
    plugin: '@a/b',
    reason: 'x\u001b[2J\nready\n@ar/good hook active',
  });
  const text = describeLoaded(unreadable('evil\nready', error));
  expect(text.split('\n')).toHaveLength(2);
  // oxlint-disable-next-line no-control-regex -- controls are what must not be there
  expect(text).not.toMatch(/\u001b/);
});
