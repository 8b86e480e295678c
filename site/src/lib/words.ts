/** Numbers, dates and names as the pages write them. English, and the same on every machine. */
import type { CheckId, CheckResult, PluginType, TrustLevel } from '@ar-registry/schemas';

const COUNT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en');
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `2.3K`. */
export function shortCount(count: number): string {
  return COUNT.format(count);
}

/** `2,847`. */
export function wholeCount(count: number): string {
  return WHOLE.format(count);
}

/** `0.02 %`, of a share from 0 to 1. */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** `1 plugin`, `2 plugins`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${wholeCount(count)} ${count === 1 ? one : many}`;
}

/** `22 Nov 2026`, in UTC. @param instant ISO 8601, or a day of it */
export function day(instant: string): string {
  return DAY.format(new Date(instant));
}

/** `S`, `sl…`, `core @a…`. @param beginning of names; a space stands before the scope */
export function showBeginning(beginning: string): string {
  return beginning.length === 1 ? beginning.toUpperCase() : `${beginning.replace(' ', ' @')}…`;
}

/** `19.4 kB`, in powers of ten. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [value, unit] = count < 1e6 ? [count / 1e3, 'kB'] : [count / 1e6, 'MB'];
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `★★★★☆`. @param count 1 to 5 */
export function stars(count: number): string {
  return '★'.repeat(count) + '☆'.repeat(5 - count);
}

/** `github.com/agentrelay/slack-bridge` of an address. */
export function shortUrl(url: string): string {
  return url.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '').replace(/(?:\.git)?\/?$/, '');
}

/** Whether a browser can open it; anything else is shown as text. */
export function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

export const TYPES: Readonly<Record<PluginType, { readonly title: string; readonly says: string }>> = {
  bridge: { title: 'Bridges', says: 'Carry messages between agents and the world outside.' },
  storage: { title: 'Storage', says: 'Keep messages, sessions and summaries.' },
  memory: { title: 'Memory', says: 'Let agents remember, and find it again.' },
  policy: { title: 'Policies', says: 'Decide who may do what.' },
  hook: { title: 'Hooks', says: 'See every message as it passes.' },
  widget: { title: 'Widgets', says: 'Show what goes on, on the dashboard.' },
};

export const TRUST: Readonly<Record<TrustLevel, string>> = {
  official: 'Made and kept by the Agent Relay team.',
  verified: 'The owner is known, and a reviewer who is not the author has read the code.',
  community: 'Automated checks passed; nobody has reviewed the code.',
};

export const CHECKS: Readonly<Record<CheckId, string>> = {
  rules: 'Rules of the registry',
  archive: 'Archive',
  package: 'Package',
  scan: 'Code scan',
  dependencies: 'Known vulnerabilities',
  capabilities: 'What dependencies can do',
  secrets: 'Secrets left in files',
  source: 'Built from source',
  provenance: 'Provenance',
};

export const RESULTS: Readonly<Record<CheckResult, { readonly word: string; readonly tone: string }>> = {
  pass: { word: 'passed', tone: 'pass' },
  fail: { word: 'failed', tone: 'fail' },
  'could-not-run': { word: 'could not run', tone: 'unsure' },
};
