import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overlay, type OverlayInput } from './overlay.ts';
import type { State } from './state.ts';

let folder: string;
const at = (file: string): string => path.join(folder, file);
const read = (file: string): string => readFileSync(at(file), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-overlay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): string {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
  return at(file);
}

const stateOf = (...files: readonly string[]): State => ({ template: '', keys: {}, facts: {}, search: '', files });

const lay = (input: Partial<OverlayInput>): ReturnType<typeof overlay> =>
  overlay({
    made: [],
    folders: [],
    out: at('out'),
    keys: {},
    wanted: undefined,
    names: new Set(),
    state: undefined,
    hasSearch: true,
    ...input,
  });

describe('overlay', () => {
  it('moves what is new into its place, and copies what others need too', () => {
    const aside = write('stage/1', 'page');
    write('compiled/assets/a.css', 'style');
    const done = lay({ made: [{ file: 'plugins/@a/b/index.html', aside }], folders: [at('compiled')] });
    expect(done).toEqual({ written: 2, unchanged: 0, deleted: 0, files: ['assets/a.css', 'plugins/@a/b/index.html'] });
    expect([read('out/plugins/@a/b/index.html'), read('out/assets/a.css')]).toEqual(['page', 'style']);
    expect([existsSync(aside), existsSync(at('compiled/assets/a.css'))]).toEqual([false, true]);
  });

  it('touches nothing that is what it was', () => {
    const there = write('out/assets/a.css', 'style');
    const before = statSync(there).ino;
    write('compiled/assets/a.css', 'style');
    const done = lay({ made: [{ file: 'index.html' }], folders: [at('compiled')] });
    expect([done.written, done.unchanged, statSync(there).ino]).toEqual([0, 2, before]);
  });

  it('deletes what stands for nothing any more, with its folder, and nothing of others', () => {
    const old = ['plugins/@a/gone/index.html', 'plugins/@a/gone.md', 'tags/gone/index.html', 'assets/old.css'];
    for (const file of [...old, 'plugins/@a/kept/index.html', 'plugins/CNAME']) write(`out/${file}`, '');
    const state = stateOf(...old, 'plugins/@a/kept/index.html');
    const done = lay({ state, keys: { '/plugins/@a/kept/': '' }, wanted: new Set(), names: new Set(['@a/kept']) });
    expect([done.deleted, done.files]).toEqual([3, ['assets/old.css', 'plugins/@a/kept/index.html']]);
    expect([existsSync(at('out/plugins/@a/gone')), existsSync(at('out/plugins/CNAME'))]).toEqual([false, true]);
  });

  it('deletes what a plugin that was rendered anew has no longer', () => {
    write('out/og/@a/b.png', '');
    const input = { state: stateOf('og/@a/b.png'), names: new Set(['@a/b']) };
    expect(lay({ ...input, wanted: new Set() }).deleted).toBe(0);
    expect(lay({ ...input, wanted: new Set(['@a/b']) }).deleted).toBe(1);
  });
});
