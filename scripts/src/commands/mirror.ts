import path from 'node:path';
import { withLock } from '@ar-registry/io/lock';
import { createPoliteGet } from '@ar-registry/io/mirror';
import { createTrustCrypto } from '@ar-registry/io/trust';
import type { MirrorOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand, type Context } from '../command.ts';
import { mirror as mirrorStage } from '../stages/mirror/index.ts';
import { parseBaseUrl } from './base-url.ts';
import { POLICY_OPTIONS, readPolicy } from './mirror-policy.ts';

const HELP = 'ar-registry mirror --help';

export const mirror = defineCommand({
  name: 'mirror',
  summary: 'Make a mirror of a signed registry, or bring it up to date; full, or what a policy lets pass.',
  examples: [
    'ar-registry mirror https://registry.example.com --out /srv/mirror --root 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    'ar-registry mirror https://registry.example.com --out /srv/mirror --policy policy.yaml --dry-run',
    'ar-registry mirror https://registry.example.com --out /srv/mirror --deny "@acme/*" --min-trust verified --deny-permission childProcess',
  ],
  options: {
    url: {
      type: 'string',
      value: '<address>',
      help: 'the registry, or another mirror of it',
      required: true,
      positional: true,
    },
    out: { type: 'string', value: '<folder>', help: 'the mirror: empty, or of an earlier run', required: true },
    root: {
      type: 'string',
      value: '<fingerprint>',
      help: 'SHA-256 of a root of the registry; else its first is taken',
    },
    'base-url': {
      type: 'string',
      value: '<address>',
      help: 'where the mirror is served: makes the view for npm’s clients, too',
    },
    ...POLICY_OPTIONS,
    'token-env': { type: 'string', value: '<variable>', help: 'the variable that holds the token of the registry' },
    concurrency: { type: 'string', value: '<number>', help: 'requests at a time: 8 unless given, 32 at most' },
    'allow-deletions': { type: 'boolean', help: 'also if more than a fifth of the versions goes' },
    'dry-run': { type: 'boolean', help: 'fetch what decides, write nothing, and tell what would be done' },
  },
  run: async (values, context) => {
    const out = path.resolve(context.cwd, values.out ?? '');
    const root = parseRoot(values.root);
    const policy = await readPolicy(values, context.cwd);
    const notes: string[] = [];
    const origin = createPoliteGet({
      url: values.url ?? '',
      userAgent: 'ar-registry-mirror',
      ...tokenOf(values['token-env'], context),
      concurrency: parseConcurrency(values.concurrency),
      signal: context.signal,
      nowMs: () => context.clock.nowMs(),
      onWait: (seconds) => notes.push(`The registry asked to be left alone for ${seconds} s.\n`),
    });
    const dryRun = values['dry-run'] ?? false;
    const baseUrl = values['base-url'] === undefined ? undefined : parseBaseUrl(values['base-url'], HELP);
    const input = { out, policy, root, dryRun, baseUrl, allowDeletions: values['allow-deletions'] ?? false };
    const onFirstUse = (fingerprint: string): void =>
      void notes.push(`Trusted as it came: root ${fingerprint}. Compare it with what its makers publish.\n`);
    const { clock, signal } = context;
    const ports = { origin, crypto: createTrustCrypto(), nowMs: clock.nowMs(), signal, onFirstUse };
    const work = () => mirrorStage(input, ports);
    const outcome = dryRun ? await work() : await withLock(lockOf(out, context.signal), work);
    const json: MirrorOutput = { schemaVersion: 1, out, ...outcome };
    return {
      text: textOf(json),
      notes: [...notes, ...problemsOf(json)].join(''),
      json,
      exitCode: json.problems.length > 0 ? 3 : 0,
    };
  },
});

/** Nobody waits for another run: it does the same. */
function lockOf(out: string, signal: AbortSignal) {
  const folder = path.join(out, '.ar-mirror.lock');
  return { folder, resource: `The mirror ${out}`, holder: 'ar-registry mirror', timeoutMs: 0, signal };
}

function parseRoot(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  throw usage('--root is no fingerprint: 64 digits of 0-9 and a-f.', HELP);
}

function parseConcurrency(text = '8'): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 32) return number;
  throw usage('--concurrency is a number from 1 to 32.', HELP);
}

function tokenOf(tokenEnv: string | undefined, { env }: Context) {
  if (tokenEnv === undefined) return {};
  const token = env[tokenEnv];
  if (token === undefined || token === '') throw usage(`The variable ${tokenEnv} holds no token.`, HELP);
  return { tokenEnv, token };
}

function textOf({ out, origin, applied, plugins, versions, ...counts }: MirrorOutput): string {
  const { withheld, fetched, fetchedBytes, deleted, missing = 0 } = counts;
  const done = applied
    ? `${fetched} files fetched (${fetchedBytes} bytes), ${deleted} deleted`
    : `${missing} archives to fetch, ${deleted} files to delete; nothing was written`;
  return `${out}, a mirror of ${origin}: ${versions} versions of ${plugins} plugins, ${withheld} left out. ${done}.\n`;
}

function problemsOf({ problems }: MirrorOutput): readonly string[] {
  return problems.map(({ plugin, version, code }) => `${plugin}@${version} is not carried: ${code}\n`);
}
