import { resolve } from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import type { OsvOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { refreshOsv } from '../stages/osv/index.ts';

export const osv = defineCommand({
  name: 'osv',
  summary: 'Make a snapshot of the vulnerabilities of npm packages from OSV’s export.',
  examples: [
    'ar-registry osv --from https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip --out ./build/registry/api/v1',
    'ar-registry osv --from ./all.zip --out ./osv',
  ],
  options: {
    from: { type: 'string', value: '<address, zip or folder>', help: 'the export', required: true },
    out: { type: 'string', value: '<folder>', help: 'the snapshot goes to osv/npm/ below it', required: true },
    force: { type: 'boolean', help: 'take an export that lost many records, too' },
  },
  run: async (values, { cwd, clock, signal }) => {
    const given = values.from ?? '';
    const from = /^https?:\/\//i.test(given) ? given : resolve(cwd, given);
    const out = resolve(cwd, values.out ?? '');
    const input = { from, out, force: values.force ?? false };
    const outcome = await refreshOsv(input, { nowMs: clock.nowMs(), signal });
    const { records, packages, takenAt, withdrawn, unreadable } = outcome;
    const json: OsvOutput = { schemaVersion: 1, out, ...outcome };
    const text = `${records} records of ${packages} npm packages, as of ${toSingleLine(takenAt)}; ${withdrawn} withdrawn ones left out\n`;
    const notes = unreadable === 0 ? '' : `${unreadable} files could not be read as records, and were left out\n`;
    return { text, notes, json, exitCode: 0 };
  },
});
