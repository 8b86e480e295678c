/** agent-relay's `stop()` calls `storage.close()` and does not wait for it: whoever exits then loses what was not written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe } from '../support/probe.ts';
import { createProject, removeWorkDir } from '../support/project.ts';
import { silenceRelay, startTestRelay } from '../support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('when `stop` resolves, a storage plugin that takes its time to close has closed', async () => {
  const probe = createProbe();
  const project = createProject();
  const code = `${probe.source}export default {
    async init() {}, async saveMessage() {}, async getMessages() { return []; },
    async close() { note('closing'); await new Promise((resolve) => setTimeout(resolve, 300)); note('closed'); },
  };`;
  project.addFolder('s', { name: '@test/s', type: 'storage', manifest: 'implements: [StorageAdapter]\n', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./s'] }));
  const relay = await startTestRelay(project);
  await relay.stop();
  expect(probe.notes).toEqual(['closing', 'closed']);
});
