/**
 * Decisions about what agents may do. The loader's type tests hold that the real `AgentPolicyService` of agent-relay 1.6.0
 * is a `PolicyEngine`.
 */
import type { Plugin } from '../plugin.ts';

export interface PolicyDecision {
  allowed: boolean;
  /** A sentence; the one who was denied is told it. */
  reason: string;
  /** Where the rule comes from. */
  policySource: 'repo' | 'local' | 'workspace' | 'default';
}

/** The part of an agent's policy that the loader itself enforces. */
export interface AgentLimits {
  /** Messages that the agent may send in a minute; absent for no limit. */
  rateLimit?: number;
}

/**
 * Decides. Each question has a time limit; an engine that fails, hangs or answers something else denies, unless the user
 * set `onFailure: 'allow'` on its entry in ar.config. Where several engines are active, all must allow.
 *
 * `canMessage` is asked for each receiver: for every agent that a broadcast would reach, for every member of a channel.
 * The message waits for the answer, and so do later messages of the same connection.
 */
export interface PolicyEngine {
  canMessage(sender: string, recipient: string): Promise<PolicyDecision>;
  canSpawn(spawner: string, target: string, cli: string): Promise<PolicyDecision>;
  canUseTool(agent: string, tool: string): Promise<PolicyDecision>;
  /** Asked at most once a minute for each agent that sends. */
  getAgentPolicy?(agent: string): Promise<{ matchedPolicy: AgentLimits }>;
}

/** A plugin of type `policy`. */
export interface PolicyPlugin extends Plugin, PolicyEngine {}
