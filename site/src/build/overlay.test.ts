import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overlay, type OverlayInput } from './overlay.ts';

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

const lay = (input: Partial<OverlayInput>): ReturnType<typeof overlay> =>
  overlay({ made: [], folders: [], gone: [], out: at('out'), ...input });

describe('overlay', () => {
  it('moves what is new into its place, and copies what others need too', () => {
    const aside = write('stage/1', 'page');
    write('compiled/assets/a.css', 'style');
    const done = lay({ made: [{ file: 'plugins/@a/b/index.html', aside }], folders: [at('compiled')] });
    expect(done).toEqual({ written: 2, unchanged: 0, deleted: 0 });
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

  it('deletes what is gone, with its folder, and nothing of others', () => {
    for (const file of ['plugins/@a/gone/index.html', 'tags/gone/index.html', 'plugins/CNAME'])
      write(`out/${file}`, '');
    const done = lay({ gone: ['plugins/@a/gone/index.html', 'tags/gone/index.html', 'tags/never/index.html'] });
    expect(done.deleted).toBe(3);
    expect(['plugins/@a', 'tags', 'plugins/CNAME'].map((file) => existsSync(at(`out/${file}`)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('says in the log of builds what it writes and takes away, for deployments', () => {
    const made = (): OverlayInput['made'] => [
      { file: 'plugins/@a/b/index.html', aside: write('stage/1', 'page') },
      { file: 'plugins/@a/same/index.html' },
    ];
    lay({ made: made() });
    expect(existsSync(at('out/.ar-files.log'))).toBe(false);
    write('out/.ar-build.json', '{}');
    write('out/.ar-files.log', '+api/v1/plugins/@a/b.json\n');
    lay({ made: made(), gone: ['plugins/@a/gone/index.html'] });
    const own = '+plugins/@a/b/index.html\n-plugins/@a/gone/index.html\n';
    expect(read('out/.ar-files.log')).toBe(`+api/v1/plugins/@a/b.json\n${own}${own}`);
  });
});
