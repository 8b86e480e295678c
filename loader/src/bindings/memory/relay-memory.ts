import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AddMemoryOptions, MemoryAdapter, MemoryEntry, MemoryResult, MemorySearchQuery } from '@ar-registry/sdk';

/** agent-relay's memory of one project, with a plugin behind it. */
export interface MemoryService {
  add(content: string, options?: AddMemoryOptions): Promise<MemoryResult>;
  search(query: string | MemorySearchQuery): Promise<MemoryEntry[]>;
  delete(id: string): Promise<MemoryResult>;
  list(limit?: number): Promise<MemoryEntry[]>;
  isAvailable(): boolean;
}

interface HookResult {
  readonly inject?: string;
}

/** The hooks that read and write memories; agent-relay itself calls them only where it runs an agent's terminal. */
export interface MemoryHooks {
  onSessionStart(context: object): Promise<HookResult | void>;
  onOutput(context: object): Promise<HookResult | void>;
}

export interface MemoryModule {
  createMemoryService(options: { readonly adapter: MemoryAdapter; readonly projectId: string }): MemoryService;
  createMemoryHooks(options: {
    readonly adapter: MemoryAdapter;
    readonly agentId: string;
    readonly projectId: string;
    /** Learnings are saved as they come; kept for the end of the session they would pile up. */
    readonly autoSaveOnEnd: false;
  }): MemoryHooks;
}

/** @param relayDir absolute path of the agent-relay whose daemon runs */
export async function importMemory(relayDir: string): Promise<MemoryModule> {
  const url = pathToFileURL(join(relayDir, 'dist/memory/index.js'));
  return (await import(/* @vite-ignore */ url.href)) as MemoryModule;
}
