import { routes } from '@ar-registry/core/layout';
import { createTrustCrypto } from '@ar-registry/io/trust';
import type { AuditLogOutput } from '@ar-registry/schemas';
import { ArError } from '@ar-registry/core/errors';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { verifyLog } from '../stages/log/index.ts';
import { readSite } from './previous-metadata.ts';
import { locateTrust, openTrust } from './trust-options.ts';

const HELP = 'ar-registry audit-log --help';

export const auditLog = defineCommand({
  name: 'audit-log',
  summary: 'Derive the log of decisions from the repository again, and compare it with what is served: verify.',
  examples: [
    'ar-registry audit-log verify --index . --site https://registry.example.com',
    'ar-registry audit-log verify --index . --site ./build/registry --revision main',
  ],
  options: {
    action: { type: 'string', value: '<action>', help: 'verify', required: true, positional: true },
    index: { type: 'string', value: '<folder>', help: 'the index, with its history and its trust/', required: true },
    site: { type: 'string', value: '<folder or address>', help: 'where the log is served', required: true },
    revision: { type: 'string', value: '<revision>', help: 'the branch that is published; HEAD without it' },
  },
  run: async (values, context) => {
    if (values.action !== 'verify') throw usage(`“${values.action ?? ''}” is not verify.`, HELP);
    const place = await locateTrust(values, context, HELP);
    const trust = await openTrust(place, createTrustCrypto());
    const { repository } = place;
    if (!trust || repository === undefined)
      throw new ArError('INDEX_UNREADABLE', {
        index: values.index ?? '',
        problem: trust ? 'it is in no git repository' : 'it has no trust/',
      });
    const read = readSite(values.site ?? '', routes.log, context);
    const { signal } = context;
    const verified = await verifyLog({ repository, revision: values.revision ?? 'HEAD', trust, read, signal });
    const ok = verified.differences.length === 0;
    const json: AuditLogOutput = {
      schemaVersion: 1,
      action: 'verify',
      ok,
      ...verified,
      differences: [...verified.differences],
    };
    return { text: textOf(json), json, exitCode: ok ? 0 : 3 };
  },
});

function textOf({ ok, size, root, expected, differences }: AuditLogOutput): string {
  const lines = differences.map(({ what, index }) => `  ${index === undefined ? '' : `entry ${index}: `}${what}\n`);
  const waiting = expected - size;
  const more = waiting > 0 ? ` ${waiting} entries of the repository are not published yet.` : '';
  const told = ok ? 'follow from the repository' : 'do not follow from the repository';
  return `${size} entries, root ${root}: they ${told}.${more}\n${lines.join('')}`;
}
