import type { ArchiveEntry } from '@ar-registry/core/archive';
import { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';

/** An entry with its content: views into the tar, not copies. */
export interface ParsedEntry extends ArchiveEntry {
  readonly bytes: Uint8Array;
}

export type ParsedTar =
  | { readonly kind: 'entries'; readonly entries: readonly ParsedEntry[] }
  | { readonly kind: 'invalid'; readonly problem: string; readonly cause?: unknown };

/**
 * The second of two passes over a tar: its entries as tar's own parser reads them, in memory.
 *
 * Strict: whatever the parser would warn of, or silently skip, refuses the archive.
 */
export function parseEntries(tar: Buffer): ParsedTar {
  const entries: ParsedEntry[] = [];
  const failures: unknown[] = [];
  let skipped = 0;
  let done = false;
  const parser = new Parser({ strict: true, zstd: false });
  parser.on('entry', (entry: ReadEntry) => collect(entry, entries));
  parser.on('ignoredEntry', () => (skipped += 1));
  parser.on('error', (error: unknown) => failures.push(error));
  parser.on('end', () => (done = true));
  parser.end(tar);
  if (failures.length > 0) return { kind: 'invalid', problem: 'the tar is damaged', cause: failures[0] };
  if (skipped > 0) return { kind: 'invalid', problem: 'it holds entries of an unknown type' };
  // All input was there at once, so the parser has ended by now.
  if (!done) return { kind: 'invalid', problem: 'the tar is cut off' };
  return { kind: 'entries', entries };
}

function collect(entry: ReadEntry, into: ParsedEntry[]): void {
  const chunks: Buffer[] = [];
  entry.on('data', (chunk: Buffer) => chunks.push(chunk));
  entry.on('end', () => {
    const [first, ...more] = chunks;
    const bytes = first === undefined ? new Uint8Array() : more.length === 0 ? first : Buffer.concat(chunks);
    into.push({
      kind: entry.type === 'Directory' ? 'folder' : 'file',
      path: entry.path,
      sizeBytes: entry.size,
      mode: entry.mode ?? 0,
      bytes,
    });
  });
}
