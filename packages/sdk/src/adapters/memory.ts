/**
 * The memory interface of agent-relay 1.x. The loader's type tests hold it against the real `MemoryAdapter` of 1.6.0.
 *
 * The loader calls every method with a time limit and contains what it throws; see docs/guides/loader.md, "Memory".
 */
import type { Plugin } from '../plugin.ts';

export interface MemoryEntry {
  id: string;
  content: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  lastAccessedAt?: number;
  tags?: string[];
  source?: string;
  agentId?: string;
  projectId?: string;
  sessionId?: string;
  /** How well the entry fits the query, 0 to 1. */
  score?: number;
  metadata?: Record<string, unknown>;
}

/** Fields that are absent do not restrict; of `tags`, an entry must have all. */
export interface MemorySearchQuery {
  query: string;
  limit?: number;
  minScore?: number;
  tags?: string[];
  agentId?: string;
  projectId?: string;
  /** Made at or after, in milliseconds since the epoch. */
  since?: number;
  /** Made before. */
  before?: number;
}

export interface AddMemoryOptions {
  tags?: string[];
  source?: string;
  agentId?: string;
  projectId?: string;
  sessionId?: string;
  metadata?: Record<string, unknown>;
}

/** `error` says why `success` is false. */
export interface MemoryResult {
  success: boolean;
  id?: string;
  error?: string;
}

/** What agents remember, found by meaning or by words. */
export interface MemoryAdapter {
  /** What it is, for people: `pinecone`. */
  readonly type: string;
  /** Called once, after `onLoad` and before anything else. */
  init(): Promise<void>;
  add(content: string, options?: AddMemoryOptions): Promise<MemoryResult>;
  /** Best first. */
  search(query: MemorySearchQuery): Promise<MemoryEntry[]>;
  get(id: string): Promise<MemoryEntry | null>;
  delete(id: string): Promise<MemoryResult>;
  update?(id: string, content: string, options?: Partial<AddMemoryOptions>): Promise<MemoryResult>;
  /** Newest first. */
  list?(options?: { limit?: number; agentId?: string; projectId?: string }): Promise<MemoryEntry[]>;
  clear?(options?: { agentId?: string; projectId?: string; before?: number }): Promise<MemoryResult>;
  stats?(): Promise<{ totalCount: number; byAgent?: Record<string, number>; byProject?: Record<string, number> }>;
  /** Called once, after everything else and before `onUnload`. */
  close?(): Promise<void>;
}

/** A plugin of type `memory`. One may be active at a time. */
export interface MemoryPlugin extends Plugin, MemoryAdapter {}
