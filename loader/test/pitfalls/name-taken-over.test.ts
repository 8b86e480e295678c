/** Of two clients with one name agent-relay keeps the later one and closes the earlier, which comes back by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inboxOf } from '../support/inbox.ts';
import { createProject, removeWorkDir } from '../support/project.ts';
import { silenceRelay, startTestRelay } from '../support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('an agent that connects under the name of a bridge silences nobody, and the bridge has its name back', async () => {
  const project = createProject();
  const code = `export default { async onLoad({ client }) { client.onMessage = (from) => client.sendMessage(from, 'the bridge'); } };`;
  project.addFolder('b', { name: '@test/bridge', type: 'bridge', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./b'] }));
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  // Without a `reconnect` of its own.
  await relay.connect('bridge');
  await expect
    .poll(
      () => {
        alice.sendMessage('bridge', 'who are you?');
        return inbox.messages.some(({ body }) => body === 'the bridge');
      },
      { timeout: 10_000, interval: 100 },
    )
    .toBe(true);
  expect(relay.daemon.getAgents().toSorted()).toEqual(['Alice', 'bridge']);
  expect(alice.state).toBe('READY');
});
