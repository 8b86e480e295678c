/** What a memory plugin answers, checked. It ends up in what agents read: bounded, and nothing but text. */
import { stripControl, truncate } from '@ar-registry/core/text';
import type { MemoryEntry, MemoryResult } from '@ar-registry/sdk';

const MAX_ENTRIES = 100;
const MAX_CONTENT_CHARS = 8_000;
const MAX_TAGS = 20;
const MAX_TAG_CHARS = 100;

/** Undefined if the answer is no list. Entries that are none are left out. */
export function toEntries(answer: unknown): MemoryEntry[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  return answer
    .slice(0, MAX_ENTRIES)
    .map(toEntry)
    .filter((entry) => entry !== undefined);
}

export function toEntry(answer: unknown): MemoryEntry | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { id, content, createdAt, score, tags, ...rest } = answer as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof content !== 'string') return undefined;
  return {
    id,
    content: stripControl(truncate(content, MAX_CONTENT_CHARS)),
    createdAt: Number.isFinite(createdAt) ? Number(createdAt) : 0,
    ...(typeof score === 'number' && Number.isFinite(score) && { score }),
    ...(Array.isArray(tags) && { tags: toTags(tags) }),
    ...textsOf(rest),
  };
}

export function toResult(answer: unknown): MemoryResult | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { success, id, error } = answer as Readonly<Record<string, unknown>>;
  if (typeof success !== 'boolean') return undefined;
  return {
    success,
    ...(typeof id === 'string' && { id }),
    ...(typeof error === 'string' && { error: stripControl(truncate(error, 500)) }),
  };
}

function toTags(tags: readonly unknown[]): string[] {
  const texts = tags.filter((tag) => typeof tag === 'string');
  return texts.slice(0, MAX_TAGS).map((tag) => stripControl(truncate(tag, MAX_TAG_CHARS)));
}

function textsOf(fields: Readonly<Record<string, unknown>>): Partial<MemoryEntry> {
  const names = ['source', 'agentId', 'projectId', 'sessionId'];
  return Object.fromEntries(names.map((name) => [name, fields[name]]).filter(([, value]) => typeof value === 'string'));
}
