import { resolve } from 'node:path';
import { createTrustCrypto, readTrustFolder } from '@ar-registry/io/trust';
import { defineCommand } from '../command.ts';
import { presentSigning, toSignOutput } from '../reporters/signing.ts';
import { initKeys } from '../stages/keys/index.ts';
import { sign as signStage } from '../stages/sign/index.ts';
import { parsePrevious, unlessUnreachable } from './previous-metadata.ts';
import { TRUST_OPTIONS, UNSIGNED, locateTrust, openTrust, readSigners } from './trust-options.ts';

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
    if (values.development && values.keys !== undefined && !(await readTrustFolder(place.folder, ports.crypto)))
      await initKeys({ ...place, keys: resolve(context.cwd, values.keys), development: true }, ports);
    const trust = await openTrust(place, ports.crypto);
    if (!trust) {
      const text = 'Nothing is signed: registry.yaml has no `trust:`, and there is no trust/ beside it.\n';
      return { text, json: toSignOutput(site, UNSIGNED), exitCode: 0 };
    }
    const signers = await readSigners(values, context);
    const problems: string[] = [];
    const given = parsePrevious(values.previous, context);
    const previous = given && unlessUnreachable(given, (problem) => problems.push(problem));
    const outcome = await signStage({ site, trust, settings: place.settings, signers, previous }, ports);
    const json = toSignOutput(site, { ...outcome, warnings: [...problems, ...outcome.warnings] });
    return { ...presentSigning(json), json, exitCode: 0 };
  },
});
