import { expect, test } from 'vitest';
import { createAgentNames } from './agent-names.ts';

test('a plugin connects under the last part of its name', () => {
  expect(createAgentNames().reserve('@ar/slack-bridge')).toBe('slack-bridge');
});

test('two plugins never share a name, and a name that is released is free again', () => {
  const names = createAgentNames();
  const first = names.reserve('@a/slack');
  expect(names.reserve('@b/slack')).toBe('b-slack');
  names.release(first);
  expect(names.reserve('@c/slack')).toBe('slack');
});
