/** A policy engine's say in messages, and in what the daemon cannot enforce by itself: spawning and tools. */
import type { PolicyDecision, PolicyPlugin } from '@ar-registry/sdk';
import type { Caller } from '../caller.ts';
import { PASS, type GatedMessage, type Verdict } from '../gate/message.ts';
import type { Guard, Question } from '../gate/places.ts';
import { toDecision } from './decision.ts';
import { createRateLimits } from './rate-limit.ts';

/** How long what an engine says of an agent's rate limit holds. */
const LIMIT_HOLDS_MS = 60_000;
const MAX_AGENTS = 1_000;

/** @param now milliseconds */
export function createPolicyGuard(engine: PolicyPlugin, caller: Caller, now: () => number): Guard {
  const decide = async (question: Question): Promise<PolicyDecision | undefined> => {
    const method = METHODS[question.action];
    const answer = await caller.ask(method, () => askEngine(engine, question));
    if (!answer.ok) return undefined;
    const decision = toDecision(answer.value);
    if (!decision) caller.refuse(method, 'it has no `allowed`');
    return decision;
  };
  const overLimit = createLimitCheck(engine, caller, now);
  return {
    decide,
    async check(message) {
      const limit = await overLimit(message.sender);
      if (limit === undefined) return undefined;
      if (limit.over) return drop(message, `you may send ${limit.perMinute} messages a minute`);
      const { sender, receivers } = message;
      const decisions = await Promise.all(
        receivers.map((recipient) => decide({ action: 'message', agent: sender, recipient })),
      );
      return toVerdict(message, decisions);
    },
  };
}

const METHODS = { message: 'canMessage', spawn: 'canSpawn', tool: 'canUseTool' } as const;

function askEngine(engine: PolicyPlugin, question: Question): Promise<PolicyDecision> {
  switch (question.action) {
    case 'message':
      return engine.canMessage(question.agent, question.recipient);
    case 'spawn':
      return engine.canSpawn(question.agent, question.target, question.cli);
    case 'tool':
      return engine.canUseTool(question.agent, question.tool);
  }
}

function toVerdict(message: GatedMessage, decisions: readonly (PolicyDecision | undefined)[]): Verdict | undefined {
  if (decisions.includes(undefined)) return undefined;
  const denied = message.receivers.filter((_, index) => decisions[index]?.allowed === false);
  if (denied.length === 0) return PASS;
  const reason = decisions.find((decision) => decision?.allowed === false)?.reason ?? '';
  if (message.kind === 'direct' && denied.includes(message.addressee)) return drop(message, reason);
  if (message.kind !== 'direct' && denied.length === message.receivers.length)
    return { kind: 'drop', denial: { reason, from: denied } };
  const narrowed = { ...message, receivers: message.receivers.filter((name) => !denied.includes(name)) };
  // Of shadows the sender is not told: it does not know that they are there.
  if (message.kind === 'direct') return { kind: 'change', message: narrowed };
  return { kind: 'change', message: narrowed, denied: { reason, from: denied } };
}

function drop({ addressee }: GatedMessage, reason: string): Verdict {
  return { kind: 'drop', denial: { reason, from: [addressee] } };
}

type LimitCheck = (agent: string) => Promise<{ readonly over: boolean; readonly perMinute: number } | undefined>;

/** Counts a message against its sender's rate limit. The check answers undefined if the engine failed to name the limit. */
function createLimitCheck(engine: PolicyPlugin, caller: Caller, now: () => number): LimitCheck {
  const limits = new Map<string, { readonly perMinute: number; readonly untilMs: number }>();
  const sent = createRateLimits(now);

  const limitOf = async (agent: string): Promise<number | undefined> => {
    const known = limits.get(agent);
    if (known && now() < known.untilMs) return known.perMinute;
    const answer = await caller.ask('getAgentPolicy', () => engine.getAgentPolicy?.(agent));
    if (!answer.ok) return undefined;
    const perMinute = toRate(answer.value);
    if (limits.size >= MAX_AGENTS) limits.clear();
    limits.set(agent, { perMinute, untilMs: now() + LIMIT_HOLDS_MS });
    return perMinute;
  };

  return async (agent) => {
    if (typeof engine.getAgentPolicy !== 'function') return { over: false, perMinute: Infinity };
    const perMinute = await limitOf(agent);
    if (perMinute === undefined) return undefined;
    return { over: perMinute !== Infinity && !sent.take(agent, perMinute), perMinute };
  };
}

/** Messages a minute; infinite where the engine names none. */
function toRate(answer: unknown): number {
  const rate = (answer as { matchedPolicy?: { rateLimit?: unknown } } | null | undefined)?.matchedPolicy?.rateLimit;
  return typeof rate === 'number' && rate >= 0 ? rate : Infinity;
}
