import { appendFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyPlugin } from '@ar-registry/sdk';
import { createTestContext, policyContract, type TestContext } from '@ar-registry/sdk/testing';
import { afterEach, describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createRbacPolicy } from '../src/plugin.ts';

const NOW = '2026-01-02T03:04:05.678Z';
const OPEN =
  'version: 1\nroles: { all: { rules: [{ allow: "*", targets: "*" }] } }\nagents: [{ match: "*", roles: [all] }]\n';
const CLOSED = 'version: 1\nroles: { all: { rateLimit: 5 } }\nagents: [{ match: "*", roles: [all] }]\n';

interface Loaded {
  readonly plugin: PolicyPlugin;
  readonly context: TestContext;
  readonly file: string;
  readonly decisions: () => Promise<readonly Record<string, unknown>[]>;
}

const open: Loaded[] = [];
afterEach(async () => {
  for (const { plugin, context } of open.splice(0)) {
    await plugin.onUnload?.();
    await context.dispose();
  }
});

async function load(policy: string, config: Readonly<Record<string, unknown>> = {}): Promise<Loaded> {
  const values: Record<string, unknown> = { ...config };
  const context = await createTestContext({ config: values });
  const file = join(context.dataDir, 'policy.yaml');
  await writeFile(file, policy);
  context.config['rbacPolicyFile'] = file;
  const plugin = createRbacPolicy(() => new Date(NOW));
  await plugin.onLoad?.(context);
  const loaded: Loaded = {
    plugin,
    context,
    file,
    decisions: async () => {
      await plugin.onUnload?.();
      const text = await readFile(join(context.dataDir, 'decisions.log'), 'utf8');
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
  open.push(loaded);
  return loaded;
}

describe('the engine', () => {
  it.each(policyContract(async () => (await load(CLOSED)).plugin))('$title', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('denies before it is loaded, and after it is unloaded', async () => {
    const plugin = createRbacPolicy(() => new Date(NOW));
    expect(await plugin.canMessage('A', 'B')).toMatchObject({ allowed: false });
    const loaded = await load(OPEN);
    expect(await loaded.plugin.canMessage('A', 'B')).toMatchObject({ allowed: true, policySource: 'local' });
    await loaded.plugin.onUnload?.();
    expect(await loaded.plugin.canMessage('A', 'B')).toMatchObject({ allowed: false });
  });

  it('names the limits of the policy', async () => {
    const { plugin } = await load(CLOSED);
    expect(await plugin.getAgentPolicy?.('A')).toEqual({ matchedPolicy: { rateLimit: 5 } });
  });

  it('logs what it denies, and everything where that is wanted', async () => {
    const denying = await load(CLOSED);
    await denying.plugin.canMessage('A', 'B');
    await denying.plugin.canSpawn('A', 'C', 'claude');
    expect(await denying.decisions()).toMatchObject([
      { ts: NOW, action: 'message', agent: 'A', target: 'B', allowed: false, enforced: true, roles: ['all'] },
      { action: 'spawn', target: 'C', cli: 'claude', allowed: false },
    ]);
    const all = await load(OPEN, { rbacAudit: 'all' });
    await all.plugin.canUseTool('A', 'Bash');
    expect(await all.decisions()).toMatchObject([{ action: 'tool', allowed: true, rule: 'all#1' }]);
    const quiet = await load(CLOSED, { rbacAudit: 'none' });
    await quiet.plugin.canMessage('A', 'B');
    expect(await quiet.decisions()).toEqual([]);
  });

  it('lets nobody but its user read the log', async () => {
    const { plugin, context } = await load(CLOSED);
    await plugin.canMessage('A', 'B');
    expect((await stat(join(context.dataDir, 'decisions.log'))).mode & 0o777).toBe(0o600);
  });

  it('loses no decision of many at once', async () => {
    const { plugin, decisions } = await load(CLOSED);
    await Promise.all(Array.from({ length: 5000 }, (_, index) => plugin.canMessage('A', `B${index}`)));
    expect((await decisions()).map(({ target }) => target)).toEqual(
      Array.from({ length: 5000 }, (_, index) => `B${index}`),
    );
  });

  it('begins a new line after one that a full disk cut off', async () => {
    const { plugin, context, decisions } = await load(CLOSED);
    await plugin.onUnload?.();
    await appendFile(join(context.dataDir, 'decisions.log'), '{"ts":"20');
    await plugin.onLoad?.(context);
    await plugin.canMessage('A', 'B');
    await expect(decisions()).rejects.toBeInstanceOf(SyntaxError);
    const lines = (await readFile(join(context.dataDir, 'decisions.log'), 'utf8')).split('\n');
    expect(lines).toEqual(['{"ts":"20', expect.stringContaining('"target":"B"') as string, '']);
  });

  it('is refused at load where its log cannot be opened', async () => {
    const context = await createTestContext();
    const file = join(context.dataDir, 'policy.yaml');
    await writeFile(file, CLOSED);
    await mkdir(join(context.dataDir, 'decisions.log'));
    Object.assign(context.config, { rbacPolicyFile: file });
    await expect(createRbacPolicy(() => new Date(NOW)).onLoad?.(context)).rejects.toBeInstanceOf(Error);
    await context.dispose();
  });

  it('only says what it would deny in a dry run', async () => {
    const { plugin, decisions } = await load(CLOSED, { rbacMode: 'dry-run' });
    expect(await plugin.canMessage('A', 'B')).toMatchObject({
      allowed: true,
      reason: expect.stringContaining('dry run') as string,
    });
    expect(await plugin.getAgentPolicy?.('A')).toEqual({ matchedPolicy: {} });
    expect(await decisions()).toMatchObject([{ allowed: false, enforced: false }]);
  });
});

describe('the policy file', () => {
  it('counts as it is now, once it was changed', async () => {
    const { plugin, file, context } = await load(OPEN);
    await writeFile(file, CLOSED);
    expect(await plugin.health?.()).toMatchObject({ status: 'healthy' });
    expect(await plugin.canMessage('A', 'B')).toMatchObject({ allowed: false });
    expect(context.logger.entries.map(({ message }) => message)).toContain('Policy changed.');
  });

  it('that is broken or gone leaves the earlier one in force, and says so once', async () => {
    const { plugin, file, context } = await load(CLOSED);
    await writeFile(file, 'roles: [');
    expect(await plugin.health?.()).toMatchObject({ status: 'degraded' });
    expect(await plugin.canMessage('A', 'B')).toMatchObject({ allowed: false });
    await rm(file);
    expect(await plugin.health?.()).toMatchObject({ status: 'degraded' });
    await plugin.health?.();
    expect(context.logger.entries.filter(({ level }) => level === 'error')).toHaveLength(2);
    await writeFile(file, OPEN);
    expect(await plugin.health?.()).toMatchObject({ status: 'healthy' });
    expect(await plugin.canMessage('A', 'B')).toMatchObject({ allowed: true });
  });

  it('is tried again when who may read it has changed, and sees a change that kept size and time', async () => {
    const { plugin, file } = await load(CLOSED);
    const { mtime } = await stat(file);
    const other = CLOSED.replace('rateLimit: 5', 'rateLimit: 7');
    await writeFile(file, other);
    await utimes(file, mtime, mtime);
    expect(await plugin.health?.()).toMatchObject({ status: 'healthy' });
    expect(await plugin.getAgentPolicy?.('A')).toEqual({ matchedPolicy: { rateLimit: 7 } });
    await rename(file, `${file}.away`);
    expect(await plugin.health?.()).toMatchObject({ status: 'degraded' });
    await rename(`${file}.away`, file);
    expect(await plugin.health?.()).toMatchObject({ status: 'healthy' });
  });

  it('is needed to load', async () => {
    await using context = await createTestContext({ config: { rbacPolicyFile: '/nowhere/policy.yaml' } });
    await expect(createRbacPolicy(() => new Date(NOW)).onLoad?.(context)).rejects.toBeInstanceOf(Error);
    await using unnamed = await createTestContext();
    await expect(exported.onLoad?.(unnamed)).rejects.toThrow('RBAC_POLICY_FILE');
  });
});
