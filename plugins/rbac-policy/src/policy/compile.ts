/** Roles with what they inherit, once, so that a question costs no walk. */
import { PolicyError } from './policy-error.ts';
import {
  ACTIONS,
  type Action,
  type Patterns,
  type Policy,
  type PolicyDocument,
  type Role,
  type RoleDocument,
  type Rule,
  type RuleDocument,
} from './policy.ts';

/** @throws {PolicyError} for roles that are not there, or inherit from themselves */
export function compile(document: PolicyDocument): Policy {
  const written = new Map(Object.entries(document.roles));
  const problems = [...unknownRoles(document, written), ...cycles(written), ...patternProblems(document, written)];
  if (problems.length > 0) throw new PolicyError(problems);
  const own = new Map([...written].map(([name, role]) => [name, rulesOf(name, role)]));
  const roles = new Map([...written.keys()].map((name) => [name, withInherited(name, { written, own })]));
  return {
    fallback: document.default ?? 'deny',
    roles,
    agents: document.agents.map(({ match, roles: names }) => ({
      match: listOf(match),
      roles: names.flatMap((name) => roles.get(name) ?? []),
    })),
  };
}

function unknownRoles(document: PolicyDocument, written: ReadonlyMap<string, RoleDocument>): readonly string[] {
  const named = [
    ...[...written].flatMap(([name, { inherits = [] }]) =>
      inherits.map((role) => ({ role, at: `roles.${name}.inherits` })),
    ),
    ...document.agents.flatMap(({ roles }, index) => roles.map((role) => ({ role, at: `agents[${index}].roles` }))),
  ];
  return named.filter(({ role }) => !written.has(role)).map(({ role, at }) => `${at}: there is no role ${role}.`);
}

/** Together: what one question may cost. */
const MAX_PATTERN_CHARACTERS = 100_000;

function patternProblems(document: PolicyDocument, written: ReadonlyMap<string, RoleDocument>): readonly string[] {
  const rules = [...written].flatMap(([name, { rules: own = [] }]) =>
    own.map((rule, index) => ({ rule, at: `roles.${name}.rules[${index}].targets` })),
  );
  const channels = rules.filter(({ rule }) => listOf(rule.targets).some((target) => target.startsWith('#')));
  const patterns = [
    ...rules.flatMap(({ rule }) => [...listOf(rule.targets), ...(rule.cli === undefined ? [] : listOf(rule.cli))]),
    ...document.agents.flatMap(({ match }) => listOf(match)),
  ];
  const characters = patterns.reduce((sum, pattern) => sum + pattern.length, 0);
  return [
    // A rule about a channel would look as if it did something.
    ...channels.map(({ at }) => `${at}: a message to a channel is asked about for each agent in it, not by its name.`),
    ...(characters > MAX_PATTERN_CHARACTERS
      ? [`Its patterns have ${characters} characters together; ${MAX_PATTERN_CHARACTERS} are the most.`]
      : []),
  ];
}

function cycles(written: ReadonlyMap<string, RoleDocument>): readonly string[] {
  return [...written.keys()]
    .filter((name) => lineageOf(written, written.get(name)?.inherits ?? []).includes(name))
    .map((name) => `roles.${name}.inherits: it inherits from itself.`);
}

/** All roles that can be reached, each once, near ones first. */
function lineageOf(written: ReadonlyMap<string, RoleDocument>, from: readonly string[]): readonly string[] {
  const reached = new Set(from);
  // A set that grows while it is walked is walked to its end.
  for (const name of reached) for (const parent of written.get(name)?.inherits ?? []) reached.add(parent);
  return [...reached];
}

interface Written {
  readonly written: ReadonlyMap<string, RoleDocument>;
  readonly own: ReadonlyMap<string, readonly Rule[]>;
}

function withInherited(name: string, { written, own }: Written): Role {
  const lineage = lineageOf(written, [name]);
  const limits = lineage.flatMap((role) => written.get(role)?.rateLimit ?? []);
  return {
    name,
    lineage,
    rules: lineage.flatMap((role) => own.get(role) ?? []),
    rateLimit: limits.length > 0 ? Math.min(...limits) : undefined,
  };
}

function rulesOf(role: string, { rules = [] }: RoleDocument): readonly Rule[] {
  return rules.map((rule, index) => ({
    role,
    number: index + 1,
    effect: rule.deny === undefined ? 'allow' : 'deny',
    actions: actionsOf(rule),
    targets: listOf(rule.targets),
    cli: rule.cli === undefined ? undefined : listOf(rule.cli),
    reason: rule.reason,
  }));
}

function actionsOf({ allow, deny }: RuleDocument): ReadonlySet<Action> {
  const actions = deny ?? allow ?? [];
  if (actions === '*') return new Set(ACTIONS);
  return new Set(typeof actions === 'string' ? [actions] : actions);
}

function listOf(patterns: Patterns): readonly string[] {
  return typeof patterns === 'string' ? [patterns] : patterns;
}
