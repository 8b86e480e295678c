import { expect, it } from 'vitest';
import { createNamespaces } from './namespaces.ts';

it('keeps all memories together unless it is told otherwise', () => {
  const namespaces = createNamespaces('relay', 'none');
  expect(namespaces.suffixFor({ agentId: 'Alice', projectId: 'p' })).toBe('');
  expect(namespaces.within({ agentId: 'Alice' })).toEqual(['relay']);
});

it('keeps those of each owner apart, and tells from an id where its memory is', () => {
  const namespaces = createNamespaces('relay', 'agent');
  expect(namespaces.suffixFor({ agentId: 'Alice', projectId: 'p' })).toBe('.Alice');
  expect(namespaces.of('0abc-uuid.Alice')).toBe('relay.Alice');
  expect(namespaces.of('0abc-uuid')).toBe('relay');
  expect(namespaces.within({ agentId: 'Alice' })).toEqual(['relay.Alice', 'relay']);
  expect(namespaces.within({ projectId: 'p' })).toBeUndefined();
  expect(['relay', 'relay.x', 'relay2', 'other'].map((name) => namespaces.includes(name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('has a place of its own for every name', () => {
  const { suffixFor, of } = createNamespaces('relay', 'project');
  const names = ['', 'a.b', 'a b', 'ä', '~x', '../x', 'x'.repeat(200), '\ud800', 'Alice', 'alice'];
  const suffixes = names.map((projectId) => suffixFor({ projectId }));
  expect(new Set(suffixes).size).toBe(names.length);
  for (const suffix of suffixes) {
    expect(suffix).toMatch(/^\.[\w~-]{1,60}$/);
    expect(of(`0abc${suffix}`)).toBe(`relay${suffix}`);
  }
});
