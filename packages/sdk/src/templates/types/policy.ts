import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import type { PluginContext, PolicyDecision, PolicyPlugin } from '@ar-registry/sdk';

/** One load of the plugin: made by onLoad, dropped by onUnload. */
interface Policy {
  readonly context: PluginContext;
  readonly blocked: ReadonlySet<string>;
  denied: number;
}

let policy: Policy | undefined;

const plugin: PolicyPlugin = {
  async onLoad(context) {
    policy = { context, blocked: namesIn(context.config['blockedAgents']), denied: 0 };
    context.logger.info('Enforcing the policy.', { blocked: [...policy.blocked] });
  },

  async onUnload() {
    policy = undefined;
  },

  async health() {
    if (!policy) return { status: 'unhealthy', message: 'Not loaded.' };
    return { status: 'healthy', details: { blocked: policy.blocked.size, denied: policy.denied } };
  },

  async canSpawn(spawner, target) {
    return decide('spawn', [spawner, target]);
  },

  async canMessage(sender, recipient) {
    return decide('message', [sender, recipient]);
  },

  async canUseTool(agent) {
    return decide('tool', [agent]);
  },

  /** The loader counts; the engine only names the limit. */
  async getAgentPolicy() {
    const rateLimit = policy?.context.config['messagesPerMinute'];
    return { matchedPolicy: typeof rateLimit === 'number' && rateLimit > 0 ? { rateLimit } : {} };
  },
};

export default plugin;

/** Allows an action unless one of the agents in it is blocked. Without a policy nothing is allowed. */
function decide(action: string, agents: readonly string[]): PolicyDecision {
  if (!policy) return { allowed: false, reason: 'The policy is not loaded.', policySource: 'default' };
  const { blocked, context } = policy;
  const offender = agents.find((agent) => blocked.has(agent.toLowerCase()));
  if (offender === undefined) return { allowed: true, reason: 'No agent in it is blocked.', policySource: 'default' };
  policy.denied += 1;
  context.metrics.counter('denied', 1, { action });
  context.logger.warn('Denied.', { action, agents });
  return { allowed: false, reason: offender + ' is blocked.', policySource: 'local' };
}

function namesIn(value: unknown): ReadonlySet<string> {
  const names = String(value ?? '').split(',');
  return new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''));
}
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext, policyContract } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** What the loader relies on: the same cases for every engine. */
for (const { title, run } of policyContract(() => plugin)) test(title, run);

test('denies what a blocked agent does, and what is done to it', async (t) => {
  const context = await createTestContext({ config: { blockedAgents: 'Mallory, Trudy' } });
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  assert.equal((await plugin.canMessage('Mallory', 'Bob')).allowed, false);
  assert.equal((await plugin.canMessage('Alice', 'mallory')).allowed, false);
  assert.equal((await plugin.canSpawn('Alice', 'Trudy', 'claude')).allowed, false);
  assert.equal((await plugin.canUseTool('Trudy', 'Bash')).allowed, false);
  assert.equal(context.metrics.total('denied'), 4);
});

test('allows everything else', async (t) => {
  const context = await createTestContext({ config: { blockedAgents: 'Mallory' } });
  t.after(context.dispose);
  await plugin.onLoad?.(context);

  assert.equal((await plugin.canMessage('Alice', 'Bob')).allowed, true);
  assert.equal((await plugin.canSpawn('Alice', 'Worker', 'claude')).allowed, true);
  assert.equal((await plugin.canUseTool('Alice', 'Bash')).allowed, true);
});

test('allows nothing once it is unloaded', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  await plugin.onUnload?.();

  assert.equal((await plugin.canMessage('Alice', 'Bob')).allowed, false);
});
`;

export const POLICY: TypeTemplate = {
  description: 'Blocks named agents',
  category: 'security',
  manifest: `implements: [PolicyEngine]
features:
  roles: false
  permissions: true
  rate_limiting: true
  audit_log: false

# What the plugin may do: nothing but write to its own data directory.
permissions: {}
`,
  config: [
    { key: 'BLOCKED_AGENTS', required: false, meaning: 'Names of agents, separated by commas.' },
    { key: 'MESSAGES_PER_MINUTE', required: false, meaning: 'How many messages an agent may send; 0 for no limit.' },
  ],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      blockedAgents: { type: 'string', default: '', description: 'Names of agents, separated by commas.' },
      messagesPerMinute: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'How many messages an agent may send; 0 for no limit.',
      },
    },
  },
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Agents named in \`BLOCKED_AGENTS\` can neither send nor receive messages, nor be started, nor use tools.
`,
};
