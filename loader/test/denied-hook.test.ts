/** Hooks are told of what was denied, in the real daemon: in its process, and in one of their own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectInbox } from './support/inbox.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const HOOK = `const told = [];
export default {
  onDenied(event) { told.push(event); },
  async health() { return { status: 'healthy', details: { told } }; },
};`;

const POLICY = `const yes = { allowed: true, reason: 'ok', policySource: 'local' };
export default {
  async canMessage(sender, receiver) { return receiver === 'Boss' ? { ...yes, allowed: false, reason: 'not the boss' } : yes; },
  async canSpawn() { return yes; }, async canUseTool() { return yes; } };`;

test.each(['official', 'community'] as const)(
  'a hook at level %s is told of what was denied, and to whom',
  async (trust) => {
    const project = createProject();
    await project.install({ name: '@test/policy', type: 'policy', code: POLICY });
    await project.install({ name: '@test/hook', manifest: 'hooks: { onDenied: true }\n', code: HOOK }, { trust });
    await project.install({ name: '@test/silent', manifest: 'hooks: { onMessage: true }\n', code: HOOK }, { trust });
    await using relay = await startTestRelay(project);
    using alice = await connectInbox(relay.socketPath, 'Alice');
    using boss = await connectInbox(relay.socketPath, 'Boss');
    using bob = await connectInbox(relay.socketPath, 'Bob');
    alice.client.sendMessage('Boss', 'a raise?');
    await alice.inbox.waitFor(({ from }) => from === '_system');
    alice.client.broadcast('to all');
    await bob.inbox.waitFor(({ body }) => body === 'to all');
    const toldOf = async (name: string) =>
      (await relay.loader.health()).find((one) => one.name === name)?.health?.details?.['told'] as object[];
    await expect.poll(() => toldOf('@test/hook')).toHaveLength(2);
    const denial = {
      receivers: ['Boss'],
      reason: 'not the boss',
      plugin: '@test/policy',
      ts: expect.any(Number) as number,
    };
    expect(await toldOf('@test/hook')).toEqual([
      { ...denial, message: expect.objectContaining({ from: 'Alice', to: 'Boss', body: 'a raise?' }) as object },
      { ...denial, message: expect.objectContaining({ from: 'Alice', to: '*', body: 'to all' }) as object },
    ]);
    expect(await toldOf('@test/silent')).toEqual([]);
    expect(boss.inbox.messages).toEqual([]);
  },
);
