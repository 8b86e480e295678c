import { readFileSync } from 'node:fs';
import type { Schema } from '@cfworker/json-schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { decide, rateLimitOf } from './decide.ts';
import { parsePolicy } from './parse.ts';
import type { Action, Patterns, PolicyDocument, Question, RoleDocument, RuleDocument } from './policy.ts';

const schema = JSON.parse(readFileSync(new URL('../../policy-schema.json', import.meta.url), 'utf8')) as Schema;
const message = (agent: string, target: string): Question => ({ action: 'message', agent, target });

const TEAM = `
version: 1
roles:
  everybody:
    rules:
      - allow: message
        targets: Lead
  worker:
    inherits: [everybody]
    rateLimit: 60
    rules:
      - allow: message
        targets: [Worker*, Builder]
      - allow: tool
        targets: [Read, Grep]
  intern:
    inherits: [worker]
    rateLimit: 6
    rules:
      - deny: message
        targets: Builder
        reason: interns ask a worker
  lead:
    rules:
      - allow: '*'
        targets: '*'
      - deny: spawn
        targets: '*'
        cli: [codex]
agents:
  - { match: Lead, roles: [lead] }
  - { match: Worker*, roles: [worker] }
  - { match: [WorkerNew], roles: [intern] }
`;

describe('a policy', () => {
  const policy = parsePolicy(TEAM, schema);

  it.each<[Question, boolean, string | undefined]>([
    [message('Worker1', 'Worker2'), true, 'worker#1'],
    [message('Worker1', 'Lead'), true, 'everybody#1'],
    [message('Worker1', 'Boss'), false, undefined],
    [message('Stranger', 'Lead'), false, undefined],
    [message('Lead', 'anybody'), true, 'lead#1'],
    [message('WorkerNew', 'Builder'), false, 'intern#1'],
    [message('WorkerNew', 'Lead'), true, 'everybody#1'],
    [{ action: 'tool', agent: 'Worker1', target: 'Read' }, true, 'worker#2'],
    [{ action: 'tool', agent: 'Worker1', target: 'Bash' }, false, undefined],
    [{ action: 'spawn', agent: 'Worker1', target: 'X', cli: 'claude' }, false, undefined],
    [{ action: 'spawn', agent: 'Lead', target: 'X', cli: 'claude' }, true, 'lead#1'],
    [{ action: 'spawn', agent: 'Lead', target: 'X', cli: 'codex' }, false, 'lead#2'],
  ])('decides %o', (question, allowed, rule) => {
    const decision = decide(policy, question);
    expect(decision.allowed).toBe(allowed);
    expect(decision.rule && `${decision.rule.role}#${decision.rule.number}`).toBe(rule);
  });

  it('gives the reason that is written, or the rule, or what is missing', () => {
    expect(decide(policy, message('WorkerNew', 'Builder')).reason).toBe('interns ask a worker');
    expect(decide(policy, message('Worker1', 'Lead')).reason).toContain('rule 1 of the role everybody allows');
    expect(decide(policy, message('Worker1', 'Boss')).reason).toContain('no rule of worker allows');
    expect(decide(policy, message('Stranger', 'Boss')).reason).toContain('no role allows');
  });

  it('has the lowest of several limits', () => {
    expect(['Worker1', 'WorkerNew', 'Lead'].map((agent) => rateLimitOf(policy, agent))).toEqual([60, 6, undefined]);
  });

  it.each(['codex', 'codex --full-auto', '/usr/bin/codex', 'codex:gpt-5', 'Codex', ' codex ', 'C:\\bin\\codex'])(
    'denies a program however it is called: %j',
    (cli) => {
      expect(decide(policy, { action: 'spawn', agent: 'Lead', target: 'X', cli }).allowed).toBe(false);
    },
  );

  it('allows a program with its arguments, and none of that name elsewhere', () => {
    const one = compile({
      version: 1,
      roles: { a: { rules: [{ allow: 'spawn', targets: '*', cli: 'claude' }] } },
      agents: [{ match: '*', roles: ['a'] }],
    });
    const allowed = (cli: string): boolean => decide(one, { action: 'spawn', agent: 'A', target: 'B', cli }).allowed;
    expect(['claude', 'claude --model x', 'claude:opus'].map(allowed)).toEqual([true, true, true]);
    expect(['/tmp/claude', 'Claude', 'claudette', 'sh -c claude'].map(allowed)).toEqual([false, false, false, false]);
  });

  it('denies names that are longer than names are, also where everything else is allowed', () => {
    const open = compile({ version: 1, default: 'allow', roles: {}, agents: [] });
    const long = 'x'.repeat(257);
    expect([message('A', long), message(long, 'B')].map((question) => decide(open, question).allowed)).toEqual([
      false,
      false,
    ]);
    expect(rateLimitOf(open, long)).toBe(0);
  });

  it('may allow what no rule is about', () => {
    const open = compile({ version: 1, default: 'allow', roles: {}, agents: [] });
    expect(decide(open, message('A', 'B'))).toMatchObject({ allowed: true, rule: undefined });
  });
});

const NAMES = ['a', 'b', 'c', '__proto__', 'constructor'];
const anyName = fc.constantFrom(...NAMES);
const anyPattern = fc.constantFrom(...NAMES, '*', 'a*', '*b');
const anyAction = fc.constantFrom<Action>('message', 'spawn', 'tool');
const anyRule: fc.Arbitrary<RuleDocument> = fc
  .record({
    effect: fc.constantFrom('allow', 'deny'),
    action: fc.oneof(anyAction, fc.constant('*' as const), fc.array(anyAction, { minLength: 1 })),
    targets: fc.oneof(anyPattern, fc.array(anyPattern, { minLength: 1, maxLength: 3 })),
    cli: fc.option(anyPattern, { nil: undefined }),
  })
  .map(({ effect, action, targets, cli }) => ({
    [effect]: action,
    targets,
    ...(cli === undefined ? {} : { cli }),
  }));

/** Roles that inherit from earlier ones alone: no circle. */
const anyPolicy: fc.Arbitrary<PolicyDocument> = fc
  .array(
    fc.record({
      rules: fc.array(anyRule, { maxLength: 4 }),
      inherits: fc.array(fc.nat(10), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((written) => {
    const roles: Record<string, RoleDocument> = {};
    for (const [index, { rules, inherits }] of written.entries())
      roles[`r${index}`] = { rules, inherits: inherits.filter((each) => each < index).map((each) => `r${each}`) };
    const held = fc.array(fc.constantFrom(...Object.keys(roles)), { maxLength: 3 });
    return fc.record({
      version: fc.constant(1 as const),
      roles: fc.constant(roles),
      agents: fc.array(fc.record({ match: anyPattern, roles: held }), { maxLength: 4 }),
    });
  });
const anyQuestion = fc.record({ action: anyAction, agent: anyName, target: anyName, cli: anyName });
const RUNS = { numRuns: 1000 };

/** What the README says of a policy, in the plainest way and with nothing of what is tested. */
function rulesHeld({ roles, agents }: PolicyDocument, agent: string): readonly RuleDocument[] {
  const rulesOf = (name: string): readonly RuleDocument[] => {
    const { rules = [], inherits = [] } = roles[name] ?? {};
    return [...rules, ...inherits.flatMap(rulesOf)];
  };
  return agents.filter(({ match }) => isLike(match, agent)).flatMap((entry) => entry.roles.flatMap(rulesOf));
}

function isAbout({ allow, deny, targets, cli }: RuleDocument, question: Question): boolean {
  const actions = [allow ?? deny ?? []].flat();
  if (!actions.includes('*') && !actions.includes(question.action)) return false;
  if (!isLike(targets, question.target)) return false;
  return question.action !== 'spawn' || cli === undefined || isLike(cli, question.cli ?? '');
}

function isLike(patterns: Patterns, name: string): boolean {
  return [patterns].flat().some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
}

describe('every policy', () => {
  it('denies where a rule that applies denies, whatever else allows', () => {
    fc.assert(
      fc.property(anyPolicy, anyQuestion, ({ roles, agents }, question) => {
        const guard: RoleDocument = { rules: [{ deny: question.action, targets: question.target }] };
        const guarded = compile({
          version: 1,
          default: 'allow',
          roles: { ...roles, guard },
          agents: [...agents, { match: question.agent, roles: ['guard'] }],
        });
        expect(decide(guarded, question).allowed).toBe(false);
      }),
      RUNS,
    );
  });

  it('allows nothing by a rule that is not in a role that the agent has', () => {
    fc.assert(
      fc.property(anyPolicy, anyQuestion, (document, question) => {
        const policy = compile(document);
        const { allowed, rule, roles } = decide(policy, question);
        if (!allowed) return;
        const lineage = roles.flatMap((name) => policy.roles.get(name)?.lineage ?? []);
        expect(rule?.effect).toBe('allow');
        expect(lineage).toContain(rule?.role);
      }),
      RUNS,
    );
  });

  it('allows what some rule that the agent has allows and none denies, and nothing else', () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(anyPolicy, anyQuestion, (document, question) => {
        const applying = rulesHeld(document, question.agent).filter((rule) => isAbout(rule, question));
        const expected = applying.some(({ allow }) => allow) && !applying.some(({ deny }) => deny);
        expect(decide(compile(document), question).allowed).toBe(expected);
        seen[`${expected}`] += 1;
      }),
      RUNS,
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(20);
  });

  it('grants no more with another rule that denies, and no less with another that allows', () => {
    fc.assert(
      fc.property(anyPolicy, anyRule, anyQuestion, (document, rule, question) => {
        const [first = 'r0'] = Object.keys(document.roles);
        const role = document.roles[first];
        const roles = { ...document.roles, [first]: { ...role, rules: [...(role?.rules ?? []), rule] } };
        const before = decide(compile(document), question).allowed;
        const after = decide(compile({ ...document, roles }), question).allowed;
        expect([before, after]).not.toEqual(rule.deny === undefined ? [true, false] : [false, true]);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of anything in it', () => {
    fc.assert(
      fc.property(anyPolicy, anyQuestion, (document, question) => {
        const reversed: PolicyDocument = {
          ...document,
          roles: Object.fromEntries(
            Object.entries(document.roles)
              .toReversed()
              .map(([name, { rules = [], inherits = [] }]) => [
                name,
                { rules: rules.toReversed(), inherits: inherits.toReversed() },
              ]),
          ),
          agents: document.agents.toReversed(),
        };
        expect(decide(compile(reversed), question).allowed).toBe(decide(compile(document), question).allowed);
      }),
      RUNS,
    );
  });
});
