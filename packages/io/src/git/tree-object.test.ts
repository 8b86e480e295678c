import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { differingEntries, entriesIn, entryNamed } from './tree-object.ts';

type Entry = readonly [name: string, mode: string, id: number];

/** As git writes it; ids have bytes of any value, zero and a space too. */
function treeOf(entries: readonly Entry[]): Uint8Array {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(([name, mode, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, id % 256)]),
  );
}

const entry: fc.Arbitrary<Entry> = fc.tuple(
  fc.stringMatching(/^[a-z@ .-]{1,12}$/),
  fc.constantFrom('100644', '100755', '40000', '120000'),
  fc.constantFrom(0, 32, 48, 255),
);
const entries = fc.uniqueArray(entry, { selector: ([name]) => name, maxLength: 30 });

it('reads what a tree has', () => {
  fc.assert(
    fc.property(entries, (all) => {
      const read = entriesIn(treeOf(all)).map(({ name, mode, oid }) => [name, mode, oid]);
      const written = all.map(([name, mode, id]) => [name, mode, Buffer.alloc(20, id).toString('hex')]);
      expect(read).toEqual(written.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
    }),
  );
});

it('finds one entry by its name', () => {
  fc.assert(
    fc.property(entries, fc.stringMatching(/^[a-z@ .-]{1,12}$/), (all, other) => {
      for (const name of [...all.map(([each]) => each), other])
        expect(entryNamed(treeOf(all), name)).toEqual(entriesIn(treeOf(all)).find((each) => each.name === name));
    }),
  );
});

it('finds what differs between two trees, and nothing else', () => {
  fc.assert(
    fc.property(entries, entries, fc.boolean(), (first, others, isOther) => {
      const names = new Set(others.map(([name]) => name));
      const second = isOther ? others : [...first.filter(([name]) => !names.has(name)), ...others];
      const then = new Map(first.map((each) => [each[0], each]));
      const now = new Map(second.map((each) => [each[0], each]));
      const differing = [...new Set([...then.keys(), ...now.keys()])].filter(
        (name) => JSON.stringify(then.get(name)) !== JSON.stringify(now.get(name)),
      );
      const found = differingEntries(treeOf(first), treeOf(second));
      expect(found.map(({ name }) => name).toSorted()).toEqual(differing.toSorted());
      for (const { name, before, after } of found)
        expect([before?.mode, after?.mode]).toEqual([then.get(name)?.[1], now.get(name)?.[1]]);
    }),
  );
});

it('comes to an end with what is no tree', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 80 }), (bytes, others) => {
      expect(entriesIn(bytes).length).toBeLessThanOrEqual(bytes.length);
      expect(differingEntries(bytes, bytes)).toEqual([]);
      differingEntries(bytes, others);
      entryNamed(bytes, 'a');
    }),
  );
});

it.each([
  ['040000', '40000'],
  ['40755', '40000'],
  ['100664', '100644'],
  ['100777', '100755'],
  ['120777', '120000'],
  ['160755', '160000'],
  ['0', '160000'],
])('takes the mode %s for what git takes it for', (mode, expected) => {
  expect(entryNamed(treeOf([['a', mode, 1]]), 'a')?.mode).toBe(expected);
  expect(differingEntries(treeOf([['a', mode, 1]]), treeOf([['a', expected, 1]]))).toEqual([]);
});
