/** What is asked for, as a filter of Pinecone's and as a test of an entry that is not there yet. */
import type { MemoryEntry, MemorySearchQuery } from '@ar-registry/sdk';
import { fieldName } from './record.ts';

type Plain = string | number | boolean;

/** A search of this plugin may also say what the plain fields of `metadata` must be. */
export interface PineconeSearchQuery extends MemorySearchQuery {
  metadata?: Readonly<Record<string, Plain>>;
}

/** What a search, a list and a clearing may ask for; fields that are absent do not restrict. */
export type Scope = Partial<
  Pick<PineconeSearchQuery, 'tags' | 'agentId' | 'projectId' | 'since' | 'before' | 'metadata'>
>;

/** Undefined where nothing restricts. */
export function filterOf({ tags = [], agentId, projectId, since, before, metadata = {} }: Scope): object | undefined {
  const conditions: object[] = [
    ...tags.map((tag) => ({ tags: { $in: [tag] } })),
    ...(agentId === undefined ? [] : [{ agentId: { $eq: agentId } }]),
    ...(projectId === undefined ? [] : [{ projectId: { $eq: projectId } }]),
    ...(since === undefined ? [] : [{ createdAt: { $gte: since } }]),
    ...(before === undefined ? [] : [{ createdAt: { $lt: before } }]),
    ...Object.entries(metadata).map(([name, value]) => ({ [fieldName(name)]: { $eq: value } })),
  ];
  if (conditions.length === 0) return undefined;
  return conditions.length === 1 ? conditions[0] : { $and: conditions };
}

export function isIn(scope: Scope, entry: MemoryEntry): boolean {
  const { tags = [], since = -Infinity, before = Infinity, metadata = {} } = scope;
  const owners = ['agentId', 'projectId'] as const;
  return (
    owners.every((owner) => scope[owner] === undefined || scope[owner] === entry[owner]) &&
    entry.createdAt >= since &&
    entry.createdAt < before &&
    tags.every((tag) => entry.tags?.includes(tag)) &&
    Object.entries(metadata).every(([name, value]) => entry.metadata?.[name] === value)
  );
}
