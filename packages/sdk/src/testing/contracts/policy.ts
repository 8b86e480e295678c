import assert from 'node:assert/strict';
import type { PolicyDecision, PolicyEngine } from '../../adapters/policy.ts';
import { callLimits, createMaker, endingCases, type ContractCase, type ContractOptions } from './contract.ts';

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
export function policyContract(
  create: () => PolicyEngine | Promise<PolicyEngine>,
  options?: ContractOptions,
): readonly ContractCase[] {
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
  const limits = callLimits(DECISION_TIMEOUT_MS, options);
  const { make, unload } = createMaker(create, limits);
  return endingCases(cases, {
    last: 'its decisions',
    unload,
    async live(check, watch) {
      const engine = await make();
      await watch(() => check(engine));
    },
  });
}

/** A message waits for the decision, and is denied where it takes longer. */
const DECISION_TIMEOUT_MS = 2_000;

function checkDecision(decision: PolicyDecision): void {
  assert.ok(typeof decision === 'object' && decision !== null, `${JSON.stringify(decision)} is no decision`);
  const { allowed, reason, policySource } = decision;
  assert.equal(typeof allowed, 'boolean', '`allowed` of a decision');
  assert.equal(typeof reason, 'string', '`reason` of a decision');
  assert.notEqual(reason, '', 'whoever is denied is told the reason');
  assert.ok(SOURCES.includes(policySource), `\`policySource\` is ${policySource}, none of ${SOURCES.join(', ')}`);
}
