import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument, PluginSummary, VersionDocument } from '@ar-registry/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Api } from '../data/api.ts';
import { makePlan, type Planned } from './plan.ts';

let folder: string;
/** Plugin → what its latest version needs. */
let needs: Record<string, Record<string, string>>;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-plan-'));
  needs = {};
  write('@a/one', {});
  write('@a/two', { '@a/one': '^1.0.0', '@a/none': '*', left: '1' });
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, dependencies: Record<string, string>, text = ''): void {
  needs[name] = dependencies;
  const file = path.join(folder, routes.plugin(name));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ name, dependencies, text }));
}

const summary = (name: string) => ({ name, type: 'hook', tags: ['x'], version: '1.0.0' }) as unknown as PluginSummary;

/** As much of an API as planning reads. */
function api(): Api {
  const names = Object.keys(needs).toSorted();
  const of = { versions: [{ version: '1.0.0' }], owners: [{ login: 'ann' }], version: '1.0.0' };
  return {
    folder,
    names: () => names,
    summaries: () => names.map(summary),
    downloads: () => new Map(),
    ratings: () => new Map(),
    advisories: () => [],
    has: () => false,
    plugin: (name: string) => ({ name, ...of }) as unknown as PluginDocument,
    version: (name: string) =>
      ({ manifest: { dependencies: needs[name], peerDependencies: {} } }) as unknown as VersionDocument,
  } as unknown as Api;
}

const pathsOf = ({ groups }: Planned): readonly string[] => groups.flat();
const ONE = ['/plugins/@a/one/', '/plugins/@a/one.md', '/plugins/@a/one/v/1.0.0/'];
const TWO = ['/plugins/@a/two/', '/plugins/@a/two.md', '/plugins/@a/two/v/1.0.0/'];

describe('makePlan', () => {
  it('wants everything the first time, what belongs to a plugin together', () => {
    const { groups, plugins, pages } = makePlan(api());
    expect([groups.slice(0, 2), plugins]).toEqual([
      [ONE, TWO],
      ['@a/one', '@a/two'],
    ]);
    expect(groups.slice(2).flat()).toEqual(['/authors/ann/', '/scopes/@a/', '/tags/x/', '/types/hook/']);
    expect(pages).toBe(8); // twins are not counted
  });

  it('wants nothing where nothing has changed, also when a file was written again', () => {
    const before = makePlan(api());
    expect(pathsOf(makePlan(api(), before))).toEqual([]);
    write('@a/one', {});
    expect(pathsOf(makePlan(api(), before))).toEqual([]);
  });

  it('wants what has changed alone', () => {
    const before = makePlan(api());
    write('@a/one', {}, 'changed');
    const after = makePlan(api(), before);
    expect([pathsOf(after), after.plugins]).toEqual([ONE, ['@a/one']]);
  });

  it('wants the page that shows a new dependent, and those that link to a new plugin', () => {
    const before = makePlan(api());
    expect(before.relations.dependents).toEqual({ '@a/one': [{ name: '@a/two', range: '^1.0.0', peer: false }] });
    write('@a/none', { '@a/one': '1' });
    const after = makePlan(api(), before);
    expect(pathsOf(after).filter((each) => each.startsWith('/plugins/@a/one'))).toEqual(ONE.slice(0, 2));
    expect(pathsOf(after).filter((each) => each.startsWith('/plugins/@a/two'))).toEqual(TWO.slice(0, 2));
    expect(after.relations.dependents['@a/none']).toEqual([{ name: '@a/two', range: '*', peer: false }]);
  });

  it('has no key for what is gone', () => {
    const before = makePlan(api());
    delete needs['@a/two'];
    const after = makePlan(api(), before);
    expect(Object.keys(after.keys).filter((each) => each.includes('/two/'))).toEqual([]);
    expect(pathsOf(after)).toContain('/plugins/@a/one/');
  });
});
