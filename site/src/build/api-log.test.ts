import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLog, touchedSince, type LogEnd } from './api-log.ts';

let folder: string;
const at = (file: string): string => path.join(folder, file);
const LOG = '.ar-files.log';
const log = (...lines: readonly string[]): void => appendFileSync(at(LOG), lines.map((line) => `${line}\n`).join(''));
const end = (): LogEnd => readLog(folder)?.end ?? expect.fail('no log');

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-log-'));
  writeFileSync(at('.ar-build.json'), '{"schemaVersion":1,"complete":true}');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the log of the API', () => {
  it('says of which plugins and pages of the list a build wrote files since then', () => {
    log('+api/v1/plugins/@a/before.json');
    const before = end();
    log('+api/v1/plugins/@a/b.json', '+api/v1/plugins/@a/b/1.0.0.json', '-api/v1/plugins/@c/d.json');
    log('+api/v1/plugins/page/12.json', '+api/v1/status.json', '+api/v1/search/files/x', '+npm/@e/f', '+index.html');
    expect(touchedSince(before, readLog(folder))).toEqual({
      plugins: new Set(['@a/b', '@c/d']),
      pages: new Set([12]),
      isAll: true,
    });
  });

  it.each([
    'api/v1/advisories.json',
    'api/v1/plugins.json',
    'api/v1/stats/ratings.json',
    'api/v1/stats/plugins/@a/b.json',
    'api/v1/stats/totals.json',
    'api/v1/something-new.json',
  ])('with %s in it there is more to look at', (file) => {
    const before = end();
    log(`+${file}`);
    expect(touchedSince(before, readLog(folder))?.isAll).toBe(false);
  });

  it('says nothing where it does not go on from what was read', () => {
    log('+api/v1/plugins/@a/b.json');
    const before = end();
    const good = touchedSince(before, readLog(folder));
    expect(good?.plugins).toEqual(new Set());
    const cases: (() => void)[] = [
      // a build of everything
      () => writeFileSync(at('.ar-build.json'), '{"schemaVersion":1,"complete":true,"files":[]}'),
      // a log of other content
      () => writeFileSync(at(LOG), '+api/v1/plugins/@a/c.json\n'),
      () => writeFileSync(at(LOG), ''),
      // the same, out of a backup
      () => {
        copyFileSync(at(LOG), at('copy'));
        renameSync(at('copy'), at(LOG));
      },
      () => rmSync(at(LOG)),
    ];
    for (const change of cases) {
      rmSync(at(LOG), { force: true });
      rmSync(at('.ar-build.json'));
      writeFileSync(at('.ar-build.json'), '{"schemaVersion":1,"complete":true}');
      log('+api/v1/plugins/@a/b.json');
      const then = end();
      change();
      expect(touchedSince(then, readLog(folder))).toBeUndefined();
    }
    expect(touchedSince(undefined, readLog(folder))).toBeUndefined();
  });

  it('is not there while a build writes, and for what no build wrote', () => {
    mkdirSync(at('.ar-next'));
    writeFileSync(at('.ar-next/journal.json'), '');
    expect(readLog(folder)).toBeUndefined();
    rmSync(at('.ar-next'), { recursive: true });
    writeFileSync(at('.ar-build.json'), '{"schemaVersion":1,"complete":false}');
    expect(readLog(folder)).toBeUndefined();
    rmSync(at('.ar-build.json'));
    expect(readLog(folder)).toBeUndefined();
  });
});
