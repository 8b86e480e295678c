/**
 * From one commit of the index to the decisions that it is: pure, and from nothing but the files before and after.
 *
 * What is derived here is hashed for ever, so that everybody can derive it again: a change of these rules for commits
 * that are logged already is a fork of every log. They therefore read records leniently and take only what they name,
 * so that neither schemas nor parsers of records may grow stricter at the cost of the past.
 */
import type { LogEntry } from '@ar-registry/schemas';
import { CATEGORIES_FILE, DEPENDENCIES_FILE, DISMISSED_FILE, REGISTRY_FILE, parseIndexPath } from '../layout/index.ts';
import { accountsAt, mapAt, readFields, textAt, type Fields } from './fields.ts';

/** One commit of the first-parent history, and what it did to the index. */
export interface IndexCommit {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  readonly changes: readonly IndexChange[];
}

/** A file of the index that a commit changed. */
export interface IndexChange {
  /** Relative to the index. */
  readonly file: string;
  readonly before?: ChangedText | undefined;
  readonly after?: ChangedText | undefined;
}

export interface ChangedText {
  readonly text: string;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly hash: string;
}

/** Whether changes of this file are decisions. */
export function isLogged(file: string): boolean {
  const { kind } = parseIndexPath(file);
  return (
    SETTINGS.includes(file) || ROOT.test(file) || ['scope', 'advisory', 'plugin', 'status', 'version'].includes(kind)
  );
}

const SETTINGS: readonly string[] = [REGISTRY_FILE, CATEGORIES_FILE, DEPENDENCIES_FILE, DISMISSED_FILE];
const ROOT = /^trust\/([1-9][0-9]{0,8})\.root\.json$/;

/** The decisions of a commit, in the order of its files. */
export function entriesOf({ commit, at, changes }: IndexCommit): readonly LogEntry[] {
  return changes
    .filter(({ file, before, after }) => isLogged(file) && before?.hash !== after?.hash)
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
    .flatMap((change) => {
      const { file, after } = change;
      const base = { schemaVersion: 1, at, commit, file, ...(after ? { record: after.hash } : {}) } as const;
      return decisionsOf(change).map((decision) => ({ ...base, ...decision }));
    });
}

/** What an entry says beyond where it is from. */
type Decision = Omit<LogEntry, 'schemaVersion' | 'at' | 'commit' | 'file' | 'record'>;

interface Sides {
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
}

function decisionsOf({ file, before, after }: IndexChange): readonly Decision[] {
  const root = ROOT.exec(file)?.[1];
  if (root !== undefined) return [{ kind: 'keys', root: Number(root) }];
  if (SETTINGS.includes(file)) return [{ kind: 'settings' }];
  const sides: Sides = { before: before && readFields(before.text), after: after && readFields(after.text) };
  const subject = subjectOf(file);
  if (after && !sides.after) return [{ kind: 'unreadable', ...subject }];
  return decide(file, sides).map((decision) => ({ ...decision, ...subject }));
}

/** What the name of a record says that it speaks of. */
function subjectOf(file: string): Partial<Decision> {
  const place = parseIndexPath(file);
  if (place.kind === 'version') return { plugin: cut(place.name), version: cut(place.version) };
  if (place.kind === 'plugin' || place.kind === 'status') return { plugin: cut(place.name) };
  if (place.kind === 'scope') return { scope: cut(place.scope) };
  return place.kind === 'advisory' ? { advisory: cut(place.id) } : {};
}

function decide(file: string, sides: Sides): readonly Decision[] {
  const { kind } = parseIndexPath(file);
  if (kind === 'version') return [versionDecision(sides)];
  if (kind === 'plugin') return pluginDecisions(sides);
  if (kind === 'status') return statusDecisions(sides);
  return [kind === 'scope' ? scopeDecision(sides) : advisoryDecision(sides)];
}

function versionDecision({ before, after }: Sides): Decision {
  if (!after) return { kind: 'withdraw' };
  const integrity = textAt(after, ['dist', 'integrity'], 200);
  return { kind: before ? 'amend' : 'publish', ...(integrity === undefined ? {} : { integrity }) };
}

function pluginDecisions({ before, after }: Sides): readonly Decision[] {
  if (!after) return [{ kind: 'plugin-removed' }];
  const decisions: Decision[] = [];
  const owners = accountsAt(after, ['owners']);
  if (!before || JSON.stringify(owners) !== JSON.stringify(accountsAt(before, ['owners'])))
    decisions.push({ kind: 'owners', owners: [...owners] });
  const trust = changedText({ before, after }, ['trust'], NAME);
  if (trust !== undefined) decisions.push({ kind: 'trust', trust });
  const repository = changedText({ before, after }, ['repository', 'url'], TEXT);
  if (repository !== undefined) decisions.push({ kind: 'repository', repository });
  return decisions.length > 0 ? decisions : [{ kind: 'plugin' }];
}

/** The text at this path, if it is another one than before. */
function changedText({ before, after }: Sides, path: readonly string[], limit: number): string | undefined {
  const now = after && textAt(after, path, limit);
  return now === (before && textAt(before, path, limit)) ? undefined : now;
}

function statusDecisions(sides: Sides): readonly Decision[] {
  const status = (['deprecated', 'yanked'] as const).flatMap((field) => {
    const [set, unset] = field === 'yanked' ? (['yank', 'unyank'] as const) : (['deprecate', 'undeprecate'] as const);
    return differences(sides, field).map(({ key, value }): Decision => ({
      kind: value === undefined ? unset : set,
      version: key,
      ...(value === undefined ? {} : { reason: value }),
    }));
  });
  const tags = differences(sides, 'distTags').map(({ key, value }): Decision => ({
    kind: 'tag',
    tag: key,
    ...(value === undefined ? {} : { version: value }),
  }));
  return [...status, ...tags];
}

/** What is set or changed, and what is gone, by key. */
function differences({ before, after }: Sides, field: string) {
  const [old, now] = [
    before ? mapAt(before, field) : new Map<string, string>(),
    after ? mapAt(after, field) : new Map<string, string>(),
  ];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .toSorted()
    .map((key) => ({ key: cut(key), value: now.get(key) }));
}

function scopeDecision({ after }: Sides): Decision {
  if (!after) return { kind: 'scope-removed' };
  const trust = textAt(after, ['level'], NAME);
  return { kind: 'scope', owners: [...accountsAt(after, ['owners'])], ...(trust === undefined ? {} : { trust }) };
}

function advisoryDecision({ after }: Sides): Decision {
  if (!after) return { kind: 'advisory-removed' };
  const action = textAt(after, ['action'], NAME);
  const plugin = textAt(after, ['affected', '0', 'package', 'name'], NAME);
  const reason = textAt(after, ['summary'], TEXT);
  return {
    kind: 'advisory',
    ...(action === undefined ? {} : { action }),
    ...(plugin === undefined ? {} : { plugin }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Longest name and longest text of an entry, in UTF-16 units. */
const NAME = 300;
const TEXT = 500;

function cut(text: string): string {
  return text.slice(0, NAME);
}
