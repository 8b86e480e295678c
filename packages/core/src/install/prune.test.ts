import { describe, expect, it } from 'vitest';
import { integritiesIn, judgeEntry, PRUNE_MIN_AGE_MS } from './index.ts';

const integrity = `sha512-${'A'.repeat(86)}==`;
const other = `sha512-${'B'.repeat(86)}==`;
const NOW = 10 * PRUNE_MIN_AGE_MS;

describe('judgeEntry', () => {
  const project = { dir: '/b', references: new Set([integrity]) };

  it('keeps what a project names, however old', () => {
    const verdict = judgeEntry({ integrity, usedAtMs: 0 }, [project, { ...project, dir: '/a' }], NOW);
    expect(verdict).toEqual({ kind: 'used', by: ['/a', '/b'] });
  });

  it('does not know of what a project may name that cannot be read, and does of what another one names', () => {
    const unread = { dir: '/c', references: undefined };
    expect(judgeEntry({ integrity, usedAtMs: 0 }, [unread, project], NOW)).toEqual({ kind: 'used', by: ['/b'] });
    for (const one of [other, undefined])
      expect(judgeEntry({ integrity: one, usedAtMs: 0 }, [unread, project], NOW)).toEqual({
        kind: 'unknown',
        by: ['/c'],
      });
  });

  it.each([
    [NOW, 'recent'],
    [NOW - PRUNE_MIN_AGE_MS + 1, 'recent'],
    [NOW - PRUNE_MIN_AGE_MS, 'unused'],
    [NOW + 5, 'recent'],
  ] as const)('of what was used at %d says %s', (usedAtMs, kind) => {
    expect(judgeEntry({ integrity: other, usedAtMs }, [project], NOW)).toEqual({ kind });
  });
});

describe('integritiesIn', () => {
  it('finds them in anything that holds a lock', () => {
    const lock = JSON.stringify({ plugins: { a: { integrity, files: other } } });
    for (const text of [lock, JSON.stringify({ content: lock }), `<<<<<<< a\n${lock}\n=======\n{`])
      expect([...integritiesIn(text)]).toEqual([integrity, other]);
  });

  it('finds none in half of one', () => {
    expect(integritiesIn('sha512-AAAA== sha1-x').size).toBe(0);
  });
});
