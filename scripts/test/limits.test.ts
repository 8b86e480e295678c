/** Which hosts a site fits on: their limits, passed by one. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { assembleBin, assembleSnapshot, assembleTargets, assembleTimestamp, binNames } from '@ar-registry/core/trust';
import { createTrustCrypto } from '@ar-registry/io/trust';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';
import type { Measure } from '../src/stages/limits/hosts.ts';
import { checkLimits, HOSTS, type HostName } from '../src/stages/limits/index.ts';
import { deployFixture, type DeployFixture } from './deploy-fixture.ts';
import { CLOCK } from './registry-fixture.ts';

const { signal } = new AbortController();
const HOST_NAMES = Object.keys(HOSTS) as readonly HostName[];

/** A file of that size, of which nothing is written. */
function grow({ site }: DeployFixture, bytes: number, name = 'large'): void {
  fs.writeFileSync(path.join(site, name), '');
  fs.truncateSync(path.join(site, name), bytes);
}

function rules({ site }: DeployFixture, name: string, lines: readonly string[]): void {
  fs.writeFileSync(path.join(site, name), `${lines.join('\n')}\n`);
}

const repeat = (count: number, line: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => line(at));

describe('a site', () => {
  it('fits anywhere as long as it is small', async () => {
    const found = await checkLimits(deployFixture().site, { signal });
    expect(found.map(({ host, fits }) => [host, fits])).toEqual(HOST_NAMES.map((host) => [host, true]));
  });

  it.each<[HostName, Measure, (fixture: DeployFixture, more: number) => void]>([
    ['github-pages', 'bytes', (fixture, more) => grow(fixture, 1e9 - sizeOf(fixture) + more)],
    ['cloudflare-pages', 'bytes of a file', (fixture, more) => grow(fixture, 25 * 1024 ** 2 + more)],
    [
      'cloudflare-pages',
      'rules of _headers',
      (fixture, more) => rules(fixture, '_headers', ['# remark', ...repeat(100 + more, (at) => `/${at}\n  a: b`)]),
    ],
    [
      'cloudflare-pages',
      'rules of _redirects with a *',
      (fixture, more) =>
        rules(
          fixture,
          '_redirects',
          repeat(100 + more, (at) => `/${at}/* /x 200`),
        ),
    ],
    [
      'cloudflare-pages',
      'rules of _redirects without a *',
      (fixture, more) =>
        rules(
          fixture,
          '_redirects',
          repeat(2000 + more, (at) => `/${at} /x 200`),
        ),
    ],
    [
      'cloudflare-pages-paid',
      'characters of a line of _redirects',
      (fixture, more) => rules(fixture, '_redirects', [`/${'x'.repeat(999 + more)}`]),
    ],
    [
      'cloudflare-pages',
      'characters of a line of _headers',
      (fixture, more) => rules(fixture, '_headers', ['/a', `  b: ${'x'.repeat(1995 + more)}`]),
    ],
  ])('fits on %s with as many %s as it takes, and not with one more', async (host, what, make) => {
    const fixture = deployFixture();
    make(fixture, 0);
    await checkLimits(fixture.site, { host, signal });
    make(fixture, 1);
    await expect(checkLimits(fixture.site, { host, signal })).rejects.toMatchObject({
      code: 'HOST_LIMIT_PASSED',
      facts: { host, what, found: (HOSTS[host].limits[what] ?? 0) + 1 },
    });
  });

  it('is counted file by file, without what is not served', async () => {
    const fixture = deployFixture();
    for (let at = 0; at < 20_000 - 8; at += 1) fs.writeFileSync(path.join(fixture.site, String(at)), '');
    await checkLimits(fixture.site, { host: 'cloudflare-pages', signal });
    fs.writeFileSync(path.join(fixture.site, 'more'), '');
    const [printed, context] = [[] as string[], { cwd: fixture.folder, clock: CLOCK, env: {}, signal }];
    const print = (text: string): void => void printed.push(text);
    const run = (...more: readonly string[]): Promise<number> =>
      runProgram(['limits', '--site', 'site', ...more], context, { stdout: print, stderr: print });
    expect([await run('--host', 'cloudflare-pages'), printed.splice(0).join('')]).toEqual([
      1,
      expect.stringContaining('HOST_LIMIT_PASSED') as string,
    ]);
    expect([await run(), printed.splice(0).join('')]).toEqual([
      0,
      expect.stringContaining('cloudflare-pages: does not fit, 20,001 of 20,000 files (100 %)') as string,
    ]);
    expect(await run('--host', 'geocities')).toBe(2);
    expect(await run('--annotate')).toBe(2);
  });

  it('is warned of in a workflow from four fifths of a limit on', async () => {
    const fixture = deployFixture();
    const printed: string[] = [];
    const print = (text: string): void => void printed.push(text);
    const context = { cwd: fixture.folder, clock: CLOCK, env: {}, signal };
    const run = async (): Promise<readonly string[]> => {
      const args = ['limits', '--site', 'site', '--host', 'github-pages', '--annotate'];
      expect(await runProgram(args, context, { stdout: print, stderr: print })).toBe(0);
      const lines = printed.splice(0).join('').split('\n');
      return lines.filter((line) => line.startsWith('::'));
    };
    grow(fixture, 8e8 - sizeOf(fixture) - 1);
    expect(await run()).toEqual([]);
    grow(fixture, 8e8 - sizeOf(fixture));
    expect(await run()).toEqual([
      '::warning title=Near a limit of the host::github-pages: fits, 800,000,000 of 1,000,000,000 bytes (80 %25). ' +
        'Serve it from a bucket behind a CDN before that.',
    ]);
  });
});

/** What `limits` prints of a signed site of so many documents in 256 bins, and its exit code. */
async function limitsOf(documents: number, ...more: readonly string[]) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'ar-limits-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const at = path.join(folder, 'site', routes.trust);
  fs.mkdirSync(at, { recursive: true });
  fs.writeFileSync(path.join(folder, 'site', routes.config), '{}');
  const write = (name: string, signed: object): void =>
    fs.writeFileSync(path.join(at, name), JSON.stringify({ signed, signatures: [] }));
  const term = { version: 1, expiresMs: Date.parse('2027-01-01T00:00:00Z') };
  const crypto = createTrustCrypto();
  const targets = assembleTargets({ bins: { keys: ['ab'.repeat(32)], threshold: 1 }, bitLength: 8, ...term }, crypto);
  write('1.targets.json', targets);
  const target = { length: 2, hashes: { sha256: 'ab'.repeat(32) } };
  const names = binNames({ bit_length: 8, name_prefix: 'bin' });
  for (const [bin, name] of names.entries()) {
    const own = Array.from({ length: Math.ceil((documents - bin) / names.length) }, (_, number) => `${number}.json`);
    write(`1.${name}.json`, assembleBin(new Map(own.map((document) => [document, target])), term));
  }
  const meta = Object.fromEntries(['targets', ...names].map((name) => [`${name}.json`, { version: 1 }]));
  write('1.snapshot.json', assembleSnapshot(meta, term));
  write('timestamp.json', assembleTimestamp({ version: 1 }, term));
  let printed = '';
  const context = { cwd: folder, clock: CLOCK, env: {}, signal };
  const print = (text: string): void => void (printed += text);
  const code = await runProgram(['limits', '--site', 'site', ...more], context, { stdout: print, stderr: print });
  return { code, printed, lines: printed.split('\n').filter((line) => !/^[a-z-]+: /.test(line) && line !== '') };
}

describe('the signed index', () => {
  it('fits with 300 documents in each bin', async () => {
    const { code, lines } = await limitsOf(300 * 256, '--host', 'github-pages', '--annotate');
    expect([code, lines]).toEqual([
      0,
      ['signed index: fits, 76,800 documents in 256 bins, 300 of 300 in each (100 %)'],
    ]);
  });

  it('has grown out of its bins with one more, and what to do is said', async () => {
    const { code, lines } = await limitsOf(300 * 256 + 1, '--host', 'github-pages', '--annotate');
    const found = 'signed index: outgrown, 76,801 documents in 256 bins, 300 of 300 in each';
    const remedy = 'Make them 1,024 with `ar-registry keys renew`';
    expect(code).toBe(0);
    expect(lines).toEqual([
      `${found} (100 %)`,
      expect.stringContaining(remedy),
      expect.stringMatching(
        /^::warning title=The signed index needs more bins::signed index: outgrown.*\(100 %25\)\. A first/,
      ),
    ]);
    const json = JSON.parse((await limitsOf(300 * 256 + 1, '--json')).printed) as object;
    expect(json).toMatchObject({ bins: { bins: 256, documents: 76_801, limit: 300, fits: false, better: 1024 } });
  });
});

function sizeOf({ site }: DeployFixture): number {
  const entries = fs.readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  const served = files.filter((file) => !path.basename(file).startsWith('.') && path.basename(file) !== 'large');
  return served.reduce((sum, file) => sum + fs.statSync(file).size, 0);
}
