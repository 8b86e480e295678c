import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RELAY_DIR } from './support/relay-dir.ts';

const SCRIPT = fileURLToPath(new URL('support/spawn-script.ts', import.meta.url));

test('an agent that a policy denies is not spawned; the user’s own wish, and what is allowed, are', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ['--conditions=ar-source', SCRIPT, RELAY_DIR]);
  expect(JSON.parse(stderr)).toMatchObject({
    denied: { success: false, name: 'Evil', error: 'Policy denied: not that one', policyDecision: { allowed: false } },
    // What the original says to these.
    allowed: { error: 'Worker Good already exists' },
    byUser: { error: 'Worker Evil already exists' },
    after: { error: 'Worker Evil already exists' },
  });
});
