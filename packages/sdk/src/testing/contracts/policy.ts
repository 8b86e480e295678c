import assert from 'node:assert/strict';
import type { PolicyDecision, PolicyEngine } from '../../adapters/policy.ts';
import type { ContractCase } from './contract.ts';

/** Names that an engine meets: they come from whoever connects. */
const NAMES = [
  'Alice',
  '',
  '*',
  '#general',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
  "'; --",
  '\u0000\u202e',
  '../..',
];
const SOURCES = ['repo', 'local', 'workspace', 'default'];

/** What the loader relies on in a policy engine. What it allows is up to it. */
export function policyContract(create: () => PolicyEngine | Promise<PolicyEngine>): readonly ContractCase[] {
  const cases: Readonly<Record<string, (engine: PolicyEngine) => Promise<void>>> = {
    'decides about messages of anybody to anybody': async (engine) => {
      for (const sender of NAMES)
        for (const recipient of NAMES) checkDecision(await engine.canMessage(sender, recipient));
    },
    'decides about spawning': async (engine) => {
      for (const name of NAMES) checkDecision(await engine.canSpawn(name, name, 'claude'));
    },
    'decides about tools': async (engine) => {
      for (const name of NAMES) checkDecision(await engine.canUseTool(name, 'Bash'));
    },
    'decides alike when it is asked again at the same time': async (engine) => {
      const asked = Array.from({ length: 50 }, () => engine.canMessage('Alice', 'Bob'));
      const allowed = new Set((await Promise.all(asked)).map((decision) => decision.allowed));
      assert.equal(allowed.size, 1);
    },
    'names rate limits as numbers': async (engine) => {
      for (const name of engine.getAgentPolicy ? NAMES : []) {
        const rate = (await engine.getAgentPolicy?.(name))?.matchedPolicy.rateLimit;
        assert.ok(rate === undefined || (Number.isFinite(rate) && rate >= 0), `${String(rate)} messages a minute`);
      }
    },
  };
  return Object.entries(cases).map(([title, check]) => ({ title, run: async () => check(await create()) }));
}

function checkDecision({ allowed, reason, policySource }: PolicyDecision): void {
  assert.equal(typeof allowed, 'boolean');
  assert.equal(typeof reason, 'string');
  assert.notEqual(reason, '', 'whoever is denied is told the reason');
  assert.ok(SOURCES.includes(policySource), policySource);
}
