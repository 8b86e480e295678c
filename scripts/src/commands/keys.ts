import { resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { TrustCrypto } from '@ar-registry/core/trust';
import { createTrustCrypto, readTrustFolder, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import type { KeysOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand, type Context, type Outcome } from '../command.ts';
import { presentKeys } from '../reporters/keys.ts';
import { changeKeys, describeKeys, endorse, initKeys, planKeys, type ChangePorts } from '../stages/keys/index.ts';
import { TRUST_OPTIONS, countPlugins, locateTrust, readSigners, type TrustPlace } from './trust-options.ts';

const HELP = 'ar-registry keys --help';
const ACTIONS = ['init', 'list', 'rotate', 'revoke', 'renew', 'endorse'] as const;
type Action = (typeof ACTIONS)[number];

export const keys = defineCommand({
  name: 'keys',
  summary: 'Make, list and change the keys that sign the index: init, list, rotate, revoke, renew, endorse.',
  examples: [
    'ar-registry keys init --index . --keys ./private --root-keys 3',
    'ar-registry keys list --index . --keys ./private',
    'ar-registry keys rotate --index . --keys ./private --role timestamp',
    'ar-registry keys revoke --index . --keys ./private --key 5f0e8a21',
    'ar-registry keys endorse --index . --keys /media/stick',
  ],
  options: {
    action: { type: 'string', value: '<action>', help: 'one of those above', required: true, positional: true },
    ...TRUST_OPTIONS,
    role: { type: 'string', value: '<role>', help: 'rotate: root, targets, bins, snapshot, timestamp or log' },
    key: { type: 'string', value: '<id>', help: 'rotate, revoke: the key to take away; at least 8 digits of its id' },
    'root-keys': { type: 'string', value: '<number>', help: 'init: how many keys the root has' },
    development: { type: 'boolean', help: 'init: say in the root that nobody guards these keys' },
  },
  run: async (values, context): Promise<Outcome> => {
    const action = ACTIONS.find((candidate) => candidate === values.action);
    if (!action) throw usage(`“${values.action ?? ''}” is none of ${ACTIONS.join(', ')}.`, HELP);
    const place = await locateTrust(values, context, HELP);
    const crypto = createTrustCrypto();
    if (action === 'init') await init(values, place, { crypto, nowMs: context.clock.nowMs(), cwd: context.cwd });
    const signers = await readSigners(values, context);
    const trust = await needTrust(place, crypto);
    await change({ ...values, action }, trust, {
      place,
      signers,
      crypto,
      context,
    });
    // What was made by now is at hand as well.
    const atHand = await readSigners(values, context);
    const described = describeKeys(await needTrust(place, crypto), { signers: atHand, crypto });
    const json: KeysOutput = { schemaVersion: 1, action, ...described };
    return { ...presentKeys(json, place.folder), json, exitCode: 0 };
  },
});

interface Values {
  readonly keys?: string;
  readonly role?: string;
  readonly key?: string;
  readonly 'root-keys'?: string;
  readonly development?: boolean;
}

async function init(
  values: Values,
  place: TrustPlace,
  { crypto, nowMs, cwd }: { readonly crypto: TrustCrypto; readonly nowMs: number; readonly cwd: string },
): Promise<void> {
  const { folder, settings } = place;
  if (values.keys === undefined) throw usage('init needs --keys, where to put the private keys.', HELP);
  const count = values['root-keys'];
  if (count !== undefined && !/^(?:[1-9]|1[0-6])$/.test(count)) throw usage('--root-keys is not from 1 to 16.', HELP);
  const rootKeys = count === undefined ? undefined : Number(count);
  if (rootKeys !== undefined && rootKeys < settings.rootThreshold)
    throw usage(`--root-keys is less than the ${settings.rootThreshold} that must sign (registry.yaml).`, HELP);
  const { development } = values;
  const plugins = await countPlugins(place);
  const input = { folder, keys: resolve(cwd, values.keys), settings, plugins, rootKeys, development };
  await initKeys(input, { crypto, nowMs });
}

interface ChangeContext {
  readonly place: TrustPlace;
  readonly signers: readonly Signer[];
  readonly crypto: TrustCrypto;
  readonly context: Context;
}

async function change(
  values: Values & { readonly action: Action },
  trust: TrustFolder,
  { place, signers, crypto, context }: ChangeContext,
): Promise<void> {
  if (values.action === 'init' || values.action === 'list') return;
  const { folder, settings } = place;
  const plugins = await countPlugins(place);
  const ports: ChangePorts = { folder, settings, plugins, signers, crypto, nowMs: context.clock.nowMs() };
  if (values.action === 'endorse') return endorse(trust, ports);
  const keysFolder = values.keys === undefined ? undefined : resolve(context.cwd, values.keys);
  const planned = await planKeys(trust, { ...values, action: values.action, keysFolder }, ports);
  return changeKeys(trust, planned, { ...ports, signers: [...signers, ...planned.made] });
}

async function needTrust({ folder }: TrustPlace, crypto: TrustCrypto): Promise<TrustFolder> {
  const trust = await readTrustFolder(folder, crypto);
  if (!trust) throw new ArError('TRUST_FOLDER_INVALID', { folder, problem: 'it is not there' });
  return trust;
}
