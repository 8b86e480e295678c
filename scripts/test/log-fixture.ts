/** A registry whose index is a repository, and that keeps a log: its operator's side, with his keys. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { routes } from '@ar-registry/core/layout';
import { toTrustSettings } from '@ar-registry/core/trust';
import {
  createTrustCrypto,
  readFolderFile,
  readKeyFolder,
  readTrustFolder,
  type TrustFolder,
} from '@ar-registry/io/trust';
import type { ReadLogFile } from '@ar-registry/io/transparency';
import { onTestFinished } from 'vitest';
import { initKeys } from '../src/stages/keys/index.ts';
import { appendLog, type LogOutcome } from '../src/stages/log/append-log.ts';
import { verifyLog, type VerifiedLog } from '../src/stages/log/verify-log.ts';

const crypto = createTrustCrypto();
const run = promisify(execFile);

/** Gone when the test that made it has ended. */
export interface LogFixture {
  /** Of everything. */
  readonly folder: string;
  readonly site: string;
  /** Writes records (nothing: takes them away) and commits them. */
  readonly commit: (files: Readonly<Record<string, string | undefined>>) => Promise<string>;
  readonly git: (...args: readonly string[]) => Promise<string>;
  readonly trust: () => Promise<TrustFolder>;
  /** Lets the log go on, in `site` unless given; what it was before is read from there as well. */
  append(options?: {
    readonly into?: string;
    readonly previous?: ReadLogFile;
    readonly revision?: string;
  }): Promise<LogOutcome | undefined>;
  readonly verify: () => Promise<VerifiedLog>;
  /** A file of the log in `site`. */
  readonly read: (file: string) => Promise<Uint8Array>;
}

export async function logFixture(): Promise<LogFixture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [repository, site, keys, trustFolder] = ['index', 'site', 'keys', 'trust'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string];
  const git = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    return (await run('git', ['-C', repository, ...identity, ...args], { env })).stdout.trim();
  };
  await mkdir(repository);
  await git('init', '--quiet', '--initial-branch=main');
  const settings = toTrustSettings({}, { name: 'test', baseUrl: 'https://registry.example.com' });
  await initKeys({ folder: trustFolder, keys, settings }, { crypto, nowMs: Date.parse('2026-11-01T00:00:00Z') });
  const trust = async (): Promise<TrustFolder> => {
    const found = await readTrustFolder(trustFolder, crypto);
    if (!found) throw new Error('There are no keys.');
    return found;
  };
  const fixture: LogFixture = {
    folder,
    site,
    git,
    trust,
    commit: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(repository, name);
        await mkdir(path.dirname(file), { recursive: true });
        await (text === undefined ? rm(file) : writeFile(file, text));
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', 'A decision');
      return git('rev-parse', 'HEAD');
    },
    append: async ({ into = site, previous, revision = 'HEAD' } = {}) =>
      appendLog({
        site: into,
        repository,
        revision,
        trust: await trust(),
        signers: await readKeyFolder(keys),
        previous: previous ?? readAt(into),
        isHere: previous === undefined,
      }),
    verify: async () => verifyLog({ repository, revision: 'HEAD', trust: await trust(), read: readAt(site) }),
    read: async (file) => (await readAt(site)(file)) ?? new Uint8Array(),
  };
  await fixture.commit({ 'registry.yaml': 'name: test\n' });
  return fixture;
}

const readAt =
  (top: string): ReadLogFile =>
  (file) =>
    readFolderFile(path.join(top, routes.log, file));

/** A version record as far as the log reads it. */
export const versionOf = (integrity: string): string => `dist:\n  integrity: ${integrity}\n`;

/** Records of many versions of one plugin. */
export function manyVersions(from: number, to: number): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  return Object.fromEntries(
    numbers.map((at) => [`plugins/@acme/hello/versions/1.${at}.0.yaml`, versionOf(`sha512-${at}`)]),
  );
}
