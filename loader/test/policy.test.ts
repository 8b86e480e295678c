import { afterAll, beforeAll, expect, test } from 'vitest';
import { inboxOf } from './support/inbox.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MANIFEST = 'implements: [PolicyEngine]\n';
const ALLOW = `{ allowed: true, reason: 'ok', policySource: 'default' }`;

/** A policy that denies what `condition`, an expression of `sender` and `recipient`, says. */
function policyCode(condition: string, more = ''): string {
  return `const decide = (denied) => ({ allowed: !denied, reason: denied ? 'not you' : 'ok', policySource: 'local' });
export default {
  async canMessage(sender, recipient) { return decide(${condition}); },
  async canSpawn(spawner, target, cli) { return decide(target === 'Evil'); },
  async canUseTool(agent, tool) { return decide(tool === 'Bash'); },
  ${more}
};`;
}

function projectWith(
  ...plugins: readonly {
    readonly code: string;
    readonly type?: string;
    readonly entry?: object;
    readonly manifest?: string;
  }[]
): TestProject {
  const project = createProject();
  const entries = plugins.map(({ code, type = 'policy', entry = {}, manifest = MANIFEST }, index) => {
    project.addFolder(`p${index}`, {
      name: `@test/p${index}`,
      type,
      manifest: type === 'policy' ? manifest : manifest === MANIFEST ? '' : manifest,
      code,
    });
    return { name: `./p${index}`, ...entry };
  });
  project.write('ar.config.json', JSON.stringify({ plugins: entries }));
  return project;
}

test('a denied message is neither delivered nor stored, and its sender is told', async () => {
  await using relay = await startTestRelay(
    projectWith({ code: policyCode(`sender === 'Mallory' && recipient === 'Bob'`) }),
  );
  const mallory = await relay.connect('Mallory');
  const bob = inboxOf(await relay.connect('Bob'));
  const told = inboxOf(mallory);
  mallory.sendMessage('Bob', 'denied');
  const notice = await told.waitFor(({ from }) => from === '_system');
  expect(notice.data).toMatchObject({
    _isSystemMessage: true,
    _denied: { to: 'Bob', reason: 'not you', from: ['Bob'] },
  });
  const alice = await relay.connect('Alice');
  alice.sendMessage('Bob', 'allowed');
  await bob.waitFor(({ body }) => body === 'allowed');
  expect(bob.messages).toHaveLength(1);
});

test('a broadcast and a message of a channel reach those alone who may get them', async () => {
  await using relay = await startTestRelay(
    projectWith({ code: policyCode(`sender === 'Worker' && recipient !== 'Lead'`) }),
  );
  const worker = await relay.connect('Worker');
  const told = inboxOf(worker);
  const lead = inboxOf(await relay.connect('Lead'));
  const other = inboxOf(await relay.connect('Other'));
  worker.broadcast('to all');
  worker.sendChannelMessage('#general', 'in channel');
  await lead.waitFor(({ body }) => body === 'in channel');
  expect(lead.messages.map(({ body }) => body)).toEqual(['to all', 'in channel']);
  expect((await told.waitFor(({ data }) => Boolean(data?.['_denied']))).data).toMatchObject({
    _denied: { to: '*', from: ['Other'] },
  });
  const boss = await relay.connect('Boss');
  boss.sendMessage('Other', 'last');
  await other.waitFor(({ body }) => body === 'last');
  expect(other.messages).toHaveLength(1);
});

test('a shadow gets no copy that the policy would deny it', async () => {
  await using relay = await startTestRelay(projectWith({ code: policyCode(`recipient === 'Spy'`) }));
  const alice = await relay.connect('Alice');
  const bob = inboxOf(await relay.connect('Bob'));
  const spyClient = await relay.connect('Spy');
  const spy = inboxOf(spyClient);
  spyClient.bindAsShadow('Bob', { receiveIncoming: true });
  // Frames of one connection are handled in order: when this is denied, the shadow is bound.
  spyClient.sendMessage('Spy', 'to myself');
  await spy.waitFor(({ body }) => body === 'to myself');
  alice.sendMessage('Bob', 'secret');
  await bob.waitFor(({ body }) => body === 'secret');
  alice.sendMessage('Bob', 'again');
  await bob.waitFor(({ body }) => body === 'again');
  expect(spy.messages.map(({ body }) => body)).toEqual(['to myself']);
});

test('messages of one connection keep their order, however long each decision takes', async () => {
  const slow = `await new Promise((resolve) => setTimeout(resolve, Number(recipient === 'Bob') * ((globalThis.arN = (globalThis.arN ?? 0) + 1) % 5) * 4)); return ${ALLOW};`;
  const code = `export default { async canMessage(sender, recipient) { ${slow} }, async canSpawn() { return ${ALLOW}; }, async canUseTool() { return ${ALLOW}; } };`;
  await using relay = await startTestRelay(projectWith({ code }));
  const alice = await relay.connect('Alice');
  const bob = inboxOf(await relay.connect('Bob'));
  for (let count = 0; count < 50; count += 1) alice.sendMessage('Bob', String(count));
  await bob.waitFor(({ body }) => body === '49');
  expect(bob.messages.map(({ body }) => body)).toEqual(Array.from({ length: 50 }, (_, count) => String(count)));
});

test('one connection that waits for a decision holds up no other', async () => {
  const code = policyCode(`sender === 'Slow' && await new Promise(() => {})`);
  await using relay = await startTestRelay(projectWith({ code }));
  const slow = await relay.connect('Slow');
  const fast = await relay.connect('Fast');
  const bob = inboxOf(await relay.connect('Bob'));
  slow.sendMessage('Bob', 'hangs');
  fast.sendMessage('Bob', 'passes');
  await bob.waitFor(({ body }) => body === 'passes');
  expect(bob.messages).toHaveLength(1);
});

test.each([
  ['throws', `throw new Error('boom')`],
  ['hangs', `await new Promise(() => {})`],
  ['answers with something else', `({ allowed: 'yes' })`],
  ['answers with nothing', `undefined`],
])('an engine that %s denies, unless the user chose otherwise', async (_, does) => {
  const body = does.startsWith('throw') ? does : `return ${does}`;
  const code = `export default { canMessage: async () => { ${body} }, async canSpawn() { ${body} }, async canUseTool() { ${body} } };`;
  const tool = { action: 'tool', agent: 'Alice', tool: 'Bash' } as const;
  const limits = { decisionTimeoutMs: 50 };
  {
    await using relay = await startTestRelay(projectWith({ code }), { limits });
    const alice = await relay.connect('Alice');
    const told = inboxOf(alice);
    await relay.connect('Bob');
    alice.sendMessage('Bob', 'hello');
    expect((await told.waitFor(({ from }) => from === '_system')).data).toMatchObject({ _denied: { to: 'Bob' } });
    expect((await relay.loader.policy.decide(tool)).allowed).toBe(false);
  }
  await using relay = await startTestRelay(projectWith({ code, entry: { onFailure: 'allow' } }), { limits });
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  expect((await received).body).toBe('hello');
  expect((await relay.loader.policy.decide(tool)).allowed).toBe(true);
});

test('a policy that could not be loaded still keeps its gate shut', async () => {
  const project = projectWith({
    code: `export default { onLoad() { throw new Error('no'); }, canMessage() {}, canSpawn() {}, canUseTool() {} };`,
  });
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'error' }]);
  const alice = await relay.connect('Alice');
  const told = inboxOf(alice);
  await relay.connect('Bob');
  alice.sendMessage('Bob', 'hello');
  await told.waitFor(({ from }) => from === '_system');
  await relay.loader.unload('@test/p0');
  const received = nextMessage(await relay.connect('Carol'));
  alice.sendMessage('Carol', 'the user took it away');
  expect(await received).toMatchObject({ body: 'the user took it away' });
});

test('every engine must allow, and questions beside messages are answered', async () => {
  const project = projectWith({ code: policyCode('false') }, { code: policyCode(`recipient === 'Bob'`) });
  await using relay = await startTestRelay(project);
  const { policy } = relay.loader;
  const decisions = await Promise.all([
    policy.decide({ action: 'message', agent: 'Alice', recipient: 'Bob' }),
    policy.decide({ action: 'message', agent: 'Alice', recipient: 'Carol' }),
    policy.decide({ action: 'spawn', agent: 'Alice', target: 'Evil', cli: 'claude' }),
    policy.decide({ action: 'spawn', agent: 'Alice', target: 'Good', cli: 'claude' }),
    policy.decide({ action: 'tool', agent: 'Alice', tool: 'Bash' }),
  ]);
  expect(decisions.map(({ allowed }) => allowed)).toEqual([false, true, false, true, false]);
});

test('an agent that sends more than its rate limit is stopped and told', async () => {
  const limit = `async getAgentPolicy(agent) { return { matchedPolicy: { rateLimit: agent === 'Chatty' ? 3 : undefined } }; },`;
  await using relay = await startTestRelay(projectWith({ code: policyCode('false', limit) }));
  const chatty = await relay.connect('Chatty');
  const told = inboxOf(chatty);
  const bob = inboxOf(await relay.connect('Bob'));
  for (const body of ['1', '2', '3', '4']) chatty.sendMessage('Bob', body);
  expect((await told.waitFor(({ from }) => from === '_system')).data).toMatchObject({
    _denied: { reason: 'you may send 3 messages a minute' },
  });
  const calm = await relay.connect('Calm');
  for (const body of ['5', '6', '7', '8']) calm.sendMessage('Bob', body);
  await bob.waitFor(({ body }) => body === '8');
  expect(bob.messages.map(({ body }) => body)).toEqual(['1', '2', '3', '5', '6', '7', '8']);
});

test('what a sender said in a channel before it left is delivered', async () => {
  const code = policyCode(`await new Promise((resolve) => setTimeout(resolve, 30)) === 1`);
  await using relay = await startTestRelay(projectWith({ code }));
  const bob = inboxOf(await relay.connect('Bob'));
  const alice = await relay.connect('Alice');
  alice.sendChannelMessage('#general', 'bye');
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  alice.destroy();
  expect(await bob.waitFor(({ body }) => body === 'bye')).toMatchObject({ from: 'Alice' });
});

/** Adds its name to every message, and drops those that ask for it. */
function markerCode(name: string): string {
  const change = `{ change: { body: body + ${JSON.stringify(name)} } }`;
  return `export default { beforeMessage: ({ body }) => (body.includes('drop') ? { drop: true, reason: 'not today' } : ${change}) };`;
}

test('a hook changes and drops messages before they are delivered, in the order of the configuration', async () => {
  const manifest = 'hooks: { beforeMessage: true }\n';
  const project = projectWith(
    { type: 'hook', manifest, code: markerCode(' a') },
    { type: 'hook', manifest, code: markerCode(' b') },
  );
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const told = inboxOf(alice);
  const bob = inboxOf(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'drop me');
  alice.sendMessage('Bob', 'hello');
  await bob.waitFor(({ body }) => body === 'hello a b');
  expect(bob.messages).toHaveLength(1);
  expect((await told.waitFor(({ from }) => from === '_system')).data).toMatchObject({
    _denied: { reason: 'not today' },
  });
});

test.each([
  ['throws', `throw new Error('boom')`],
  ['hangs', `return new Promise(() => {})`],
  ['changes a message into what cannot be sent', `return { change: { data: { n: 1n } } }`],
  ['changes a message into too much', `return { change: { body: 'x'.repeat(2 ** 20) } }`],
])('a hook that %s lets the message pass as it was', async (_, does) => {
  const manifest = 'hooks: { beforeMessage: true }\n';
  const project = projectWith({ type: 'hook', manifest, code: `export default { beforeMessage() { ${does} } };` });
  await using relay = await startTestRelay(project, { limits: { decisionTimeoutMs: 50 } });
  const alice = await relay.connect('Alice');
  const bob = inboxOf(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  expect(await bob.waitFor(() => true)).toMatchObject({ from: 'Alice', body: 'hello' });
});

test('a hook that the manifest does not declare for it has no say', async () => {
  const project = projectWith({
    type: 'hook',
    manifest: 'hooks: { onMessage: true }\n',
    code: `export default { onMessage() {}, beforeMessage: () => ({ drop: true }) };`,
  });
  await using relay = await startTestRelay(project);
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  expect((await received).body).toBe('hello');
});
