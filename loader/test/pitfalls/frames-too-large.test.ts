/** agent-relay closes a connection that sends a frame of more than 1 MiB. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inboxOf } from '../support/inbox.ts';
import { createProject, removeWorkDir } from '../support/project.ts';
import { silenceRelay, startTestRelay } from '../support/relay.ts';

beforeAll(() => {
  silenceRelay();
  // A client prints that its frame is too large.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterAll(removeWorkDir);

test.each(['none', 'process'] as const)(
  'a bridge that sends more than a frame may hold is heard again afterwards, and agents notice nothing (isolation %s)',
  async (isolation) => {
    const project = createProject();
    const code = `export default { async onLoad({ client }) {
      client.onMessage = (from, { body }) => client.sendMessage(from, body === 'large' ? 'x'.repeat(3 * 2 ** 20) : 'answer');
    } };`;
    project.addFolder('b', { name: '@test/bridge', type: 'bridge', code });
    project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './b', isolation }] }));
    await using relay = await startTestRelay(project);
    const [alice, bob] = [await relay.connect('Alice'), await relay.connect('Bob')];
    const [toAlice, toBob] = [inboxOf(alice), inboxOf(bob)];
    alice.sendMessage('bridge', 'large');
    bob.sendMessage('Alice', 'not disturbed');
    await toAlice.waitFor(({ body }) => body === 'not disturbed');
    // It may have to come back first.
    await expect
      .poll(
        () => {
          bob.sendMessage('bridge', 'small');
          return toBob.messages.some(({ from, body }) => from === 'bridge' && body === 'answer');
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBe(true);
    expect([alice.state, bob.state]).toEqual(['READY', 'READY']);
    expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
  },
);
