import type { GrantedPermissions, Permissions } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addedPermissions,
  addedPowers,
  compactPermissions,
  describePermissions,
  describePowers,
  grantAll,
} from './index.ts';

const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
const permissions: fc.Arbitrary<Permissions> = fc.record(
  {
    network: words,
    listen: words,
    filesystem: fc.record({ read: words, write: words }, { requiredKeys: [] }),
    childProcess: words,
    nativeAddons: fc.boolean(),
    workers: fc.boolean(),
    codeGeneration: fc.boolean(),
    env: words,
  },
  { requiredKeys: [] },
);
const NONE = grantAll({});
const ALL: GrantedPermissions = {
  network: ['slack.com'],
  listen: ['0.0.0.0:8080', '127.0.0.1:3000', '${HOST}:${PORT}'],
  filesystem: { read: ['./templates'], write: ['${DIR}'] },
  childProcess: ['git'],
  nativeAddons: true,
  workers: true,
  codeGeneration: true,
  env: ['HOME'],
};

describe('grantAll', () => {
  it('permits nothing that is not declared', () => {
    expect(NONE).toEqual({
      network: [],
      filesystem: { read: [], write: [] },
      childProcess: [],
      nativeAddons: false,
      workers: false,
      codeGeneration: false,
      env: [],
    });
  });

  it('keeps what is declared, and changes nothing the second time', () => {
    fc.assert(
      fc.property(permissions, (declared) => {
        const granted = grantAll(declared);
        expect(compactPermissions(granted)).toEqual(compactPermissions(grantAll(declared)));
        expect({ listen: [], ...granted }).toMatchObject(declared);
        expect(grantAll(granted)).toEqual(granted);
      }),
    );
  });
});

describe('compactPermissions', () => {
  it('leaves nothing of nothing', () => {
    expect(compactPermissions(NONE)).toEqual({});
  });

  it('means the same', () => {
    fc.assert(
      fc.property(permissions, (declared) => {
        expect(grantAll(compactPermissions(grantAll(declared)))).toEqual(grantAll(declared));
      }),
    );
  });
});

describe('describePermissions', () => {
  it('says nothing where nothing is permitted', () => {
    expect(describePermissions(NONE)).toEqual([]);
  });

  it('has a line for each, the grave ones marked and last', () => {
    expect(describePermissions(ALL).map(({ id, grave }) => [id, grave])).toEqual([
      ['network:slack.com', false],
      ['listen:127.0.0.1:3000', false],
      ['listen:${HOST}:${PORT}', false],
      ['read:./templates', false],
      ['write:${DIR}', false],
      ['env:HOME', false],
      ['workers', false],
      ['codeGeneration', false],
      ['listen:0.0.0.0:8080', true],
      ['childProcess:git', true],
      ['nativeAddons', true],
    ]);
  });
});

describe('listening', () => {
  it.each([
    ['127.0.0.1:3000', false],
    ['127.8.9.1:0', false],
    ['localhost:0', false],
    ['[::1]:3000', false],
    ['${PORT}', false],
    ['0.0.0.0:8080', true],
    ['[::]:8080', true],
    ['192.168.1.5:80', true],
    ['0.0.0.0:${PORT}', true],
    // Not of this machine, whatever it begins with.
    ['[::1:2]:80', true],
  ])('on %s is asked for in any case if other machines can reach it', (address, grave) => {
    expect(describePermissions(grantAll({ listen: [address] }))).toMatchObject([{ id: `listen:${address}`, grave }]);
  });

  it('has no key in what versions from before it say', () => {
    expect(grantAll({ listen: [] })).toEqual(NONE);
  });

  it('on another address or port is more than was granted', () => {
    const held = grantAll({ listen: ['127.0.0.1:3000'] });
    const wanted = grantAll({ listen: ['127.0.0.1:3000', '0.0.0.0:3000', '127.0.0.1:3001'] });
    expect(addedPermissions(held, wanted).map(({ id }) => id)).toEqual([
      'listen:127.0.0.1:3001',
      'listen:0.0.0.0:3000',
    ]);
  });
});

describe('powers', () => {
  it('are the permissions, and what a widget is told besides', () => {
    const powers = { permissions: grantAll({ env: ['HOME'] }), observes: ['messages'] as const };
    expect(describePowers(powers).map(({ id }) => id)).toEqual(['env:HOME', 'observes:messages']);
    expect(addedPowers({ permissions: powers.permissions }, powers).map(({ id }) => id)).toEqual(['observes:messages']);
    expect(addedPowers(powers, powers)).toEqual([]);
  });
});

describe('addedPermissions', () => {
  it('are none where nothing is new', () => {
    expect(addedPermissions(ALL, ALL)).toEqual([]);
    expect(addedPermissions(ALL, NONE)).toEqual([]);
  });

  it('are all where nothing was granted', () => {
    expect(addedPermissions(NONE, ALL)).toEqual(describePermissions(ALL));
  });

  it('are exactly those that were not granted', () => {
    fc.assert(
      fc.property(permissions, permissions, (before, after) => {
        const held = new Set(describePermissions(grantAll(before)).map(({ id }) => id));
        const added = addedPermissions(grantAll(before), grantAll(after)).map(({ id }) => id);
        for (const { id } of describePermissions(grantAll(after))) expect(added.includes(id)).toBe(!held.has(id));
      }),
    );
  });

  it('tell reading from writing, and one host from all below it', () => {
    const held = grantAll({ filesystem: { read: ['a'] }, network: ['slack.com'] });
    const wanted = grantAll({ filesystem: { write: ['a'] }, network: ['*.slack.com'] });
    expect(addedPermissions(held, wanted).map(({ id }) => id)).toEqual(['network:*.slack.com', 'write:a']);
  });
});
