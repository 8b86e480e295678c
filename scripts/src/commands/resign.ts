import { resolve } from 'node:path';
import { createTrustCrypto } from '@ar-registry/io/trust';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { writeOutputs } from '../github/write-outputs.ts';
import { presentSigning, toSignOutput } from '../reporters/signing.ts';
import { resign as resignStage } from '../stages/sign/index.ts';
import { isAddress, parsePrevious } from './previous-metadata.ts';
import { TRUST_OPTIONS, UNSIGNED, locateTrust, openTrust, readSigners } from './trust-options.ts';

const HELP = 'ar-registry resign --help';

export const resign = defineCommand({
  name: 'resign',
  summary: 'Give the newest signed state a new end before it expires, and change nothing else.',
  examples: [
    'ar-registry resign --site /srv/registry --index ./registry-index --keys ./private',
    'ar-registry resign --site https://registry.example.com --index . --check',
  ],
  options: {
    site: {
      type: 'string',
      value: '<folder or address>',
      help: 'the signed site; an address only with --check',
      required: true,
    },
    ...TRUST_OPTIONS,
    check: { type: 'boolean', help: 'change nothing; exit code 1 if there is need' },
    outputs: { type: 'string', value: '<file>', help: 'with --check: add needed=true or false, and end with 0' },
  },
  run: async (values, context) => {
    const { check = false, site: given = '', outputs } = values;
    const site = toSite(given, check, context.cwd);
    const place = await locateTrust(values, context, HELP);
    const ports = { crypto: createTrustCrypto(), nowMs: context.clock.nowMs() };
    const trust = await openTrust(place, ports.crypto);
    const signers = check ? [] : await readSigners(values, context);
    const previous = parsePrevious(given, context);
    const outcome = trust
      ? await resignStage({ site, trust, settings: place.settings, signers, previous, check }, ports)
      : UNSIGNED;
    const json = toSignOutput(site, outcome);
    if (outputs !== undefined) await writeOutputs(resolve(context.cwd, outputs), { needed: outcome.needed });
    const exitCode = check && outcome.needed && outputs === undefined ? 1 : 0;
    return { ...presentSigning(json, check), json, exitCode };
  },
});

function toSite(given: string, check: boolean, cwd: string): string {
  if (!isAddress(given)) return resolve(cwd, given);
  if (check) return given;
  throw usage('What is at an address cannot be changed from here: give --check.', HELP);
}
