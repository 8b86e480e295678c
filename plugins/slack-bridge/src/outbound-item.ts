import type { OutboundItem } from './outbound.ts';

/** Reads what an earlier run wrote down. */
export function parseOutbound(value: unknown): OutboundItem | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const item = value as Record<string, unknown>;
  const isWhole = ['id', 'from', 'to', 'text'].every((key) => typeof item[key] === 'string');
  const { parts } = item;
  if (!isWhole || (parts !== undefined && !Array.isArray(parts))) return undefined;
  return value as OutboundItem;
}
