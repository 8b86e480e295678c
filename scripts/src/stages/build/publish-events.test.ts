import { expect, it } from 'vitest';
import { EVENTS, EVENT_FOLDER } from '@ar-registry/core/stats';
import type { RegistryRecord } from '@ar-registry/schemas';
import type { OutputFolder } from './output-folder.ts';
import { publishEvents } from './publish-events.ts';

async function filesOf(telemetry?: RegistryRecord['telemetry']): Promise<readonly string[]> {
  const written: string[] = [];
  const out: Pick<OutputFolder, 'write'> = { write: async (path) => void written.push(path) };
  const record: RegistryRecord = { schemaVersion: 1, name: 'test', title: 'Test' };
  await publishEvents(telemetry === undefined ? record : { ...record, telemetry }, out as OutputFolder);
  return written;
}

it('writes a file for each event that is counted, where the registry is told', async () => {
  expect(await filesOf(true)).toEqual(EVENTS.map(({ kind }) => `${EVENT_FOLDER.slice(1)}${kind}`));
});

it.each([undefined, false, 'https://count.example.org/t/v1/'])('writes none where it says %s', async (telemetry) => {
  expect(await filesOf(telemetry)).toEqual([]);
});
