/**
 * Says what a policy decides, and why, before it counts:
 *
 *   node explain.js message Alice Bob < policy.yaml
 *   node explain.js spawn Lead Worker1 claude < policy.yaml
 *   node explain.js tool Worker1 Bash < policy.yaml
 *
 * Ends with 0 where it is allowed, 1 where it is denied, 2 for a policy or a question that cannot be used.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Schema } from '@cfworker/json-schema';
import { decide, rateLimitOf, type Decision } from './policy/decide.ts';
import { parsePolicy } from './policy/parse.ts';
import { ACTIONS, type Policy, type Question } from './policy/policy.ts';

const USAGE = 'Usage: node explain.js message|spawn|tool <agent> <target> [<program>] < policy.yaml\n';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const question = parseQuestion(args);
  if (!question) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    const policy = await readPolicy();
    const decision = decide(policy, question);
    process.stdout.write(present(question, decision, rateLimitOf(policy, question.agent)));
    return decision.allowed ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function parseQuestion([action, agent, target, cli]: readonly string[]): Question | undefined {
  const known = ACTIONS.find((each) => each === action);
  if (!known || agent === undefined || target === undefined) return undefined;
  return { action: known, agent, target, ...(cli === undefined ? {} : { cli }) };
}

async function readPolicy(): Promise<Policy> {
  const schema = JSON.parse(await readFile(new URL('../policy-schema.json', import.meta.url), 'utf8')) as Schema;
  return parsePolicy(await text(process.stdin), schema);
}

function present({ action, agent }: Question, decision: Decision, limit: number | undefined): string {
  const { allowed, rule, roles, reason } = decision;
  const lines = [
    `${allowed ? 'allowed' : 'denied'}: ${reason}`,
    `  roles of ${agent}: ${roles.join(', ') || 'none'}`,
    ...(rule ? [`  decided by rule ${rule.number} of the role ${rule.role}`] : []),
    ...(action === 'message' && limit !== undefined ? [`  at most ${limit} messages a minute`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
