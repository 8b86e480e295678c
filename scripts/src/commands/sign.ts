import { resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import {
  createTrustCrypto,
  readFolderFile,
  readTrustFolder,
  type Signer,
  type TrustFolder,
} from '@ar-registry/io/trust';
import { validator as isStatus } from '@ar-registry/schemas/validators/api/status';
import { defineCommand, type Context } from '../command.ts';
import { presentSigning, toSignOutput } from '../reporters/signing.ts';
import { initKeys } from '../stages/keys/index.ts';
import { appendLog, type LogOutcome } from '../stages/log/index.ts';
import { sign as signStage } from '../stages/sign/index.ts';
import { parsePrevious, readSite, unlessUnreachable } from './previous-metadata.ts';
import {
  TRUST_OPTIONS,
  UNSIGNED,
  countPlugins,
  locateTrust,
  openTrust,
  readSigners,
  type TrustPlace,
} from './trust-options.ts';

const HELP = 'ar-registry sign --help';

export const sign = defineCommand({
  name: 'sign',
  summary: 'Sign what a build wrote: metadata that commits to every document of the site.',
  examples: [
    'ar-registry sign --site ./build/registry --index ./registry-index --keys ./private',
    'ar-registry sign --site ./site --index . --previous https://registry.example.com',
  ],
  options: {
    site: { type: 'string', value: '<folder>', help: 'what a build wrote', required: true },
    ...TRUST_OPTIONS,
    previous: {
      type: 'string',
      value: '<address or folder>',
      help: 'the site as it is served now, if it is not --site',
    },
    development: {
      type: 'boolean',
      help: 'make keys first where there are none: for trying things out, never to be trusted',
    },
  },
  run: async (values, context) => {
    const site = resolve(context.cwd, values.site ?? '');
    const place = await locateTrust(values, context, HELP);
    const ports = { crypto: createTrustCrypto(), nowMs: context.clock.nowMs(), signal: context.signal };
    if (values.development && values.keys !== undefined && !(await readTrustFolder(place.folder, ports.crypto))) {
      const keys = resolve(context.cwd, values.keys);
      await initKeys({ ...place, keys, plugins: await countPlugins(place), development: true }, ports);
    }
    const trust = await openTrust(place, ports.crypto);
    if (!trust) {
      const text = 'Nothing is signed: registry.yaml has no `trust:`, and there is no trust/ beside it.\n';
      return { text, json: toSignOutput(site, UNSIGNED), exitCode: 0 };
    }
    const signers = await readSigners(values, context);
    const problems: string[] = [];
    const tell = (problem: string) => void problems.push(problem);
    const log = await appendTo({ site, given: values.previous, place, trust, signers, tell }, context);
    const given = parsePrevious(values.previous, context);
    const previous = given && unlessUnreachable(given, tell);
    const outcome = await signStage({ site, trust, settings: place.settings, signers, previous }, ports);
    const signed = toSignOutput(site, { ...outcome, warnings: [...problems, ...outcome.warnings] });
    const json = log ? { ...signed, log: { ...log } } : signed;
    return { ...presentSigning(json), json, exitCode: 0 };
  },
});

interface LogContext {
  readonly site: string;
  readonly given: string | undefined;
  readonly place: TrustPlace;
  readonly trust: TrustFolder;
  readonly signers: readonly Signer[];
  readonly tell: (problem: string) => void;
}

/** The log goes on before anything is signed: what is signed has to name its checkpoint. */
async function appendTo(
  { site, given, place, trust, signers, tell }: LogContext,
  context: Context,
): Promise<LogOutcome | undefined> {
  if (!trust.root.signed.log) return undefined;
  if (place.repository === undefined)
    throw new ArError('INDEX_UNREADABLE', { index: place.folder, problem: 'its log needs a git repository' });
  const previous = readSite(given ?? site, routes.log, context);
  return appendLog({
    site,
    repository: place.repository,
    revision: (await commitOf(site)) ?? 'HEAD',
    trust,
    signers,
    previous: given === undefined ? previous : unlessUnreachable(previous, tell),
    isHere: given === undefined,
    signal: context.signal,
  });
}

/** The commit that a site was built from, where it was a commit. @throws FILE_INVALID */
async function commitOf(site: string): Promise<string | undefined> {
  const file = resolve(site, routes.status);
  const bytes = await readFolderFile(file);
  if (!bytes) return undefined;
  try {
    const status = isStatus(JSON.parse(new TextDecoder().decode(bytes)));
    if (status.ok) return status.value.commit;
  } catch (cause) {
    throw new ArError('FILE_INVALID', { file, problem: 'it is no JSON' }, { cause });
  }
  throw new ArError('FILE_INVALID', { file, problem: 'it is no status of a registry' });
}
