/**
 * The blocks in which agents tell of their work, found in their output: `[[SUMMARY]]{…}[[/SUMMARY]]` and
 * `[[SESSION_END]]…[[/SESSION_END]]`, as agent-relay's wrappers read them. Output is attacker-controlled.
 */
import { stripControl } from '@ar-registry/core/text';
import type { AgentSummary } from '@ar-registry/sdk';

export type OutputBlock =
  | { readonly kind: 'summary'; readonly summary: SummaryFields }
  | { readonly kind: 'end'; readonly summary: string | undefined };

export type SummaryFields = Omit<AgentSummary, 'agentName' | 'projectId' | 'lastUpdated'>;

const BLOCK = /\[\[(SUMMARY|SESSION_END)\]\]([\s\S]*?)\[\[\/\1\]\]/g;
const BEGIN = /\[\[(?:SUMMARY|SESSION_END)\]\]/;
const LONGEST_BEGIN = '[[SESSION_END]]';
const MAX_KEPT_CHARS = 64 * 1024;
const MAX_AGENTS = 1_000;
const MAX_TEXT_CHARS = 4_000;
const MAX_ITEMS = 100;

export interface BlockReader {
  /** Takes a piece of an agent's output. @returns the blocks that are whole now */
  read(agent: string, data: string): readonly OutputBlock[];
  forget(agent: string): void;
}

export function createBlockReader(): BlockReader {
  const kept = new Map<string, string>();
  return {
    read(agent, data) {
      const text = (kept.get(agent) ?? '') + stripControl(data);
      const found = [...text.matchAll(BLOCK)];
      const last = found.at(-1);
      const rest = begunBlock(last ? text.slice(last.index + last[0].length) : text);
      kept.delete(agent);
      if (rest !== '' && kept.size < MAX_AGENTS) kept.set(agent, rest);
      return found.flatMap(([, name, content = '']) => toBlock(name, content.trim()));
    },
    forget: (agent) => {
      kept.delete(agent);
    },
  };
}

/** What may be the beginning of a block; one that is too long is given up. */
function begunBlock(text: string): string {
  const begun = text.search(BEGIN);
  if (begun !== -1 && text.length - begun <= MAX_KEPT_CHARS) return text.slice(begun);
  return text.slice(-(LONGEST_BEGIN.length - 1));
}

function toBlock(name: string | undefined, content: string): readonly OutputBlock[] {
  const fields = parseRecord(content);
  if (name === 'SUMMARY') return fields ? [{ kind: 'summary', summary: toSummary(fields) }] : [];
  // What is no JSON is the summary itself.
  const summary = fields ? fields['summary'] : content;
  return [
    {
      kind: 'end',
      summary: typeof summary === 'string' && summary !== '' ? summary.slice(0, MAX_TEXT_CHARS) : undefined,
    },
  ];
}

function toSummary(fields: Readonly<Record<string, unknown>>): SummaryFields {
  const texts = pick(['currentTask', 'context'], (key) => textOf(fields[key]));
  const lists = pick(['completedTasks', 'decisions', 'files'], (key) => listOf(fields[key]));
  return { ...texts, ...lists };
}

function pick<Key extends string, Value>(
  keys: readonly Key[],
  read: (key: Key) => Value | undefined,
): { [K in Key]?: Value } {
  const entries = keys.map((key) => [key, read(key)] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in Key]?: Value };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARS) : undefined;
}

function listOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, MAX_ITEMS)
    .map(textOf)
    .filter((item) => item !== undefined);
}

function parseRecord(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(content);
    const isRecord = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isRecord ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
