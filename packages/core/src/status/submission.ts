/** From a planned change to what is submitted: files, and how branch, commit and pull request are called. */
import type { Integrity, PluginName } from '@ar-registry/schemas';
import { toHex } from '../integrity/index.ts';
import { indexPaths } from '../layout/index.ts';
import { splitName } from '../name/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import type { OwnerChange } from './change.ts';
import { editRecord } from './edit-record.ts';

export interface OwnerSubmission {
  /** `status/<scope>/<name>/<kind>-<hash of the change>`: the same change is on the same branch, any other on another. */
  readonly branch: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Of the commit. Without the owner's own words: in a commit they could close issues. */
  readonly message: string;
  /** Path relative to the index → text. */
  readonly records: ReadonlyMap<string, string>;
}

/** @param files the records of the plugin as they are, by path relative to the index */
export function toSubmission(
  name: PluginName,
  { change, files }: { readonly change: OwnerChange; readonly files: ReadonlyMap<string, string> },
  integrityOf: (bytes: Uint8Array) => Integrity,
): OwnerSubmission {
  const { status, record, review, kind } = change;
  const records = new Map<string, string>();
  if (status) records.set(indexPaths.status(name), editRecord(files.get(indexPaths.status(name)) ?? '', status));
  if (record) records.set(indexPaths.plugin(name), editRecord(files.get(indexPaths.plugin(name)) ?? '', record));
  if (review) records.set(review.path, editRecord(files.get(review.path) ?? '', review.record));
  const { scope, base } = splitName(name);
  // With what is there before it: once other records are merged, the same wish is another change, on a branch of its own.
  const identity = JSON.stringify([...records].map(([path, text]) => [path, files.get(path), text]));
  const hash = toHex(integrityOf(new TextEncoder().encode(identity))).slice(0, 12);
  const title = truncate(change.title, 200);
  return {
    branch: `status/${scope}/${base}/${kind}-${hash}`,
    title,
    body: bodyOf(change),
    message: `${title}\n`,
    records,
  };
}

/** In a code block, where what an owner writes neither calls people nor links issues nor draws pictures. */
function bodyOf({ kind, effects }: OwnerChange): string {
  const lines = effects.map((effect) => `- ${toSingleLine(effect)}`);
  return ['```text', ...lines, '```', '', `Submitted with \`ar plugin ${kind}\`.`, ''].join('\n');
}
