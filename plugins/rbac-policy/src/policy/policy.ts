/** A policy as it is written, and as it is asked. */

export type Action = 'message' | 'spawn' | 'tool';
export type Effect = 'allow' | 'deny';
export const ACTIONS: readonly Action[] = ['message', 'spawn', 'tool'];

/** What somebody wants to do. */
export interface Question {
  readonly action: Action;
  readonly agent: string;
  /** The receiver, the agent that is spawned, or the tool. */
  readonly target: string;
  /** With which program an agent is spawned. */
  readonly cli?: string;
}

/** The document of a policy file, as policy-schema.json describes it. */
export interface PolicyDocument {
  readonly version: 1;
  readonly default?: Effect;
  readonly roles: Readonly<Record<string, RoleDocument>>;
  readonly agents: readonly { readonly match: Patterns; readonly roles: readonly string[] }[];
}

export type Patterns = string | readonly string[];

export interface RoleDocument {
  readonly description?: string;
  readonly inherits?: readonly string[];
  /** Messages a minute. */
  readonly rateLimit?: number;
  readonly rules?: readonly RuleDocument[];
}

export interface RuleDocument {
  readonly allow?: Action | '*' | readonly Action[];
  readonly deny?: Action | '*' | readonly Action[];
  readonly targets: Patterns;
  readonly cli?: Patterns;
  readonly reason?: string;
}

export interface Rule {
  /** The role that it is written in. */
  readonly role: string;
  /** Its place among the rules of that role, from 1. */
  readonly number: number;
  readonly effect: Effect;
  readonly actions: ReadonlySet<Action>;
  readonly targets: readonly string[];
  readonly cli: readonly string[] | undefined;
  readonly reason: string | undefined;
}

/** A role with everything that it inherits. */
export interface Role {
  readonly name: string;
  /** Its own name first, then those that it inherits, each once. */
  readonly lineage: readonly string[];
  readonly rules: readonly Rule[];
  /** Messages a minute; the lowest of its own and the inherited ones. */
  readonly rateLimit: number | undefined;
}

export interface Policy {
  readonly fallback: Effect;
  readonly roles: ReadonlyMap<string, Role>;
  readonly agents: readonly { readonly match: readonly string[]; readonly roles: readonly Role[] }[];
}
