import { readFileSync } from 'node:fs';
import type { Schema } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { parsePolicy, POLICY_LIMIT_BYTES } from './parse.ts';
import { PolicyError } from './policy-error.ts';

const schema = JSON.parse(readFileSync(new URL('../../policy-schema.json', import.meta.url), 'utf8')) as Schema;

function problemsOf(text: string): readonly string[] {
  try {
    parsePolicy(text, schema);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
}

const role = (rest: string): string => `version: 1\nroles:\n  a: ${rest}\nagents: []\n`;

describe('a policy file', () => {
  it('is YAML, or JSON', () => {
    expect(problemsOf('version: 1\nroles: {}\nagents: []\n')).toEqual([]);
    expect(problemsOf('{"version": 1, "roles": {}, "agents": []}')).toEqual([]);
  });

  it.each([
    ['with a key that there is not', role('{ rule: [] }'), 'roles.a'],
    ['with a rule that neither allows nor denies', role('{ rules: [{ targets: x }] }'), 'roles.a.rules[0]'],
    [
      'with a rule that does both',
      role('{ rules: [{ allow: message, deny: message, targets: x }] }'),
      'roles.a.rules[0]',
    ],
    ['with an action that there is not', role('{ rules: [{ allow: fly, targets: x }] }'), 'roles.a.rules[0].allow'],
    ['with a limit below nothing', role('{ rateLimit: -1 }'), 'roles.a.rateLimit'],
    [
      'with an agent of a role that there is not',
      'version: 1\nroles: {}\nagents: [{ match: x, roles: [b] }]',
      'agents[0].roles',
    ],
    ['with a role that inherits from one that there is not', role('{ inherits: [b] }'), 'roles.a.inherits'],
    ['with a role that inherits from itself', role('{ inherits: [b] }\n  b: { inherits: [a] }'), 'roles.a.inherits'],
    [
      'with a rule about a channel',
      role("{ rules: [{ deny: message, targets: '#secret' }] }"),
      'roles.a.rules[0].targets',
    ],
    ['of another version', 'version: 2\nroles: {}\nagents: []', 'version'],
    ['that is a list', '[]', 'the policy'],
    ['that is empty', '', 'the policy'],
  ])('%s is refused, and says where', (_name, text, place) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).toContain(place);
  });

  it.each([
    ['a key twice', 'version: 1\nversion: 1\nroles: {}\nagents: []'],
    ['no YAML', 'roles: ['],
    ['aliases that multiply', `a: &a [x]\n${Array.from({ length: 120 }, (_, index) => `b${index}: *a`).join('\n')}`],
    ['a role named __proto__', 'version: 1\nroles: { __proto__: { rules: [] } }\nagents: []'],
    [
      'patterns that take long together',
      `version: 1\nroles: {}\nagents:\n${`  - { match: '${'a'.repeat(190)}', roles: [] }\n`.repeat(600)}`,
    ],
    ['more than a policy needs', `# ${'x'.repeat(POLICY_LIMIT_BYTES)}`],
  ])('with %s is refused', (_name, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });
});
