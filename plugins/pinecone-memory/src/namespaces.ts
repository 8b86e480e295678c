/**
 * Where memories are in the index: all in one namespace, or those of each project or agent in one of its own. The end of an
 * id says which, so that it is found whatever the configuration says by then.
 */
import { createHash } from 'node:crypto';
import type { MemoryEntry } from '@ar-registry/sdk';
import type { Scope } from './filter.ts';

/** Whose memories are apart from those of others. */
export type NamespacePer = 'none' | 'project' | 'agent';

export interface Namespaces {
  /** What an id of this memory is to end with. */
  readonly suffixFor: (entry: Pick<MemoryEntry, 'agentId' | 'projectId'>) => string;
  /** Where a memory is. */
  readonly of: (id: string) => string;
  /** Where memories of this scope can be; undefined where that can be all there are. */
  readonly within: (scope: Scope) => readonly string[] | undefined;
  /** Whether this is one of them. */
  readonly includes: (namespace: string) => boolean;
}

export function createNamespaces(base: string, per: NamespacePer): Namespaces {
  const ownerOf = ({ agentId, projectId }: Scope): string | undefined =>
    per === 'none' ? undefined : per === 'agent' ? agentId : projectId;
  const nameOf = (part: string): string => (part === '' ? base : `${base}.${part}`);
  return {
    suffixFor(entry) {
      const owner = ownerOf(entry);
      return owner === undefined ? '' : `.${partOf(owner)}`;
    },
    of: (id) => nameOf(id.split('.')[1] ?? ''),
    within(scope) {
      if (per === 'none') return [base];
      const owner = ownerOf(scope);
      // What was remembered before memories were kept apart is where it was.
      return owner === undefined ? undefined : [nameOf(partOf(owner)), base];
    },
    includes: (namespace) => namespace === base || namespace.startsWith(`${base}.`),
  };
}

/** Names come from agents. What could not stand in an id, or is like what stands for another name, becomes its hash. */
function partOf(owner: string): string {
  if (/^[\w-]{1,60}$/.test(owner)) return owner;
  return `~${createHash('sha256').update(owner.toWellFormed()).digest('hex').slice(0, 40)}`;
}
