/** What a policy says to a question, and why. Pure. */
import { matches } from './pattern.ts';
import type { Effect, Policy, Question, Role, Rule } from './policy.ts';

export interface Decision {
  readonly allowed: boolean;
  /** The rule that decided; absent where none applies and `default` decides. */
  readonly rule: Rule | undefined;
  /** Roles that the agent has, those that they inherit left out. */
  readonly roles: readonly string[];
  /** A sentence for whoever asks. */
  readonly reason: string;
}

/** Names come from whoever connects, and each costs its length for every pattern. */
const MAX_NAME = 256;

/** One rule that denies is enough; without one, one that allows is. Where neither is, the policy's `default` counts. */
export function decide(policy: Policy, question: Question): Decision {
  if (isTooLong(question))
    return { allowed: false, rule: undefined, roles: [], reason: `a name is longer than ${MAX_NAME} characters` };
  const roles = rolesOf(policy, question.agent);
  const applying = rulesOf(roles).filter((rule) => applies(rule, question));
  const rule = applying.find(({ effect }) => effect === 'deny') ?? applying[0];
  const allowed = (rule?.effect ?? policy.fallback) === 'allow';
  return { allowed, rule, roles: roles.map(({ name }) => name), reason: reasonOf(question, { allowed, rule, roles }) };
}

/** Messages a minute that an agent may send; undefined for no limit. */
export function rateLimitOf(policy: Policy, agent: string): number | undefined {
  if (agent.length > MAX_NAME) return 0;
  const limits = rolesOf(policy, agent).flatMap(({ rateLimit }) => rateLimit ?? []);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

function rolesOf(policy: Policy, agent: string): readonly Role[] {
  const held = policy.agents.filter(({ match }) => match.some((pattern) => matches(pattern, agent)));
  return [...new Set(held.flatMap(({ roles }) => roles))];
}

/** A rule that is inherited twice counts once. */
function rulesOf(roles: readonly Role[]): readonly Rule[] {
  return [...new Set(roles.flatMap(({ rules }) => rules))];
}

function applies(rule: Rule, { action, target, cli = '' }: Question): boolean {
  const { actions, targets } = rule;
  if (!actions.has(action) || !targets.some((pattern) => matches(pattern, target))) return false;
  // A program is asked about where an agent is spawned, and nowhere else.
  return action !== 'spawn' || rule.cli === undefined || matchesProgram(rule.cli, cli, rule.effect);
}

/**
 * Whether a rule is about the program that a command line would run. agent-relay runs its first word, and takes what
 * follows a colon for a model. A rule that denies must not be walked around by a path or by capitals; one that allows
 * must not allow another program that has the same name elsewhere.
 */
function matchesProgram(patterns: readonly string[], commandLine: string, effect: Effect): boolean {
  const [word = ''] = commandLine.trim().split(/\s+/);
  const exact = [commandLine, word, word.split(':')[0] ?? ''];
  if (effect === 'allow') return patterns.some((pattern) => exact.some((name) => matches(pattern, name)));
  const file = word.split(/[\\/]/).at(-1) ?? '';
  const names = [...exact, file, file.split(':')[0] ?? ''].map((name) => name.toLowerCase());
  return patterns.some((pattern) => names.some((name) => matches(pattern.toLowerCase(), name)));
}

function isTooLong({ agent, target, cli = '' }: Question): boolean {
  return [agent, target, cli].some((name) => name.length > MAX_NAME);
}

const DOING = { message: 'to message', spawn: 'to spawn', tool: 'to use' } as const;

function reasonOf(
  { action, target }: Question,
  {
    allowed,
    rule,
    roles,
  }: { readonly allowed: boolean; readonly rule: Rule | undefined; readonly roles: readonly Role[] },
): string {
  const doing = `${DOING[action]} ${target}`;
  if (rule)
    return (
      rule.reason ??
      `rule ${rule.number} of the role ${rule.role} ${rule.effect === 'deny' ? 'denies' : 'allows'} ${doing}`
    );
  if (allowed) return `no rule is about it, and the policy allows that by default`;
  return roles.length === 0
    ? `no role allows ${doing}`
    : `no rule of ${roles.map(({ name }) => name).join(', ')} allows ${doing}`;
}
