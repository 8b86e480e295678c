/** What a policy says to a question, and why. Pure. */
import { matches } from './pattern.ts';
import type { Policy, Question, Role, Rule } from './policy.ts';

export interface Decision {
  readonly allowed: boolean;
  /** The rule that decided; absent where none applies and `default` decides. */
  readonly rule: Rule | undefined;
  /** Roles that the agent has, those that they inherit left out. */
  readonly roles: readonly string[];
  /** A sentence for whoever asks. */
  readonly reason: string;
}

/** One rule that denies is enough; without one, one that allows is. Where neither is, the policy's `default` counts. */
export function decide(policy: Policy, question: Question): Decision {
  const roles = rolesOf(policy, question.agent);
  const applying = rulesOf(roles).filter((rule) => applies(rule, question));
  const rule = applying.find(({ effect }) => effect === 'deny') ?? applying[0];
  const allowed = (rule?.effect ?? policy.fallback) === 'allow';
  return { allowed, rule, roles: roles.map(({ name }) => name), reason: reasonOf(question, { allowed, rule, roles }) };
}

/** Messages a minute that an agent may send; undefined for no limit. */
export function rateLimitOf(policy: Policy, agent: string): number | undefined {
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

function applies({ actions, targets, cli }: Rule, { action, target, cli: program = '' }: Question): boolean {
  if (!actions.has(action) || !targets.some((pattern) => matches(pattern, target))) return false;
  // A program is asked about where an agent is spawned, and nowhere else.
  return action !== 'spawn' || cli === undefined || cli.some((pattern) => matches(pattern, program));
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
