import { posix } from 'node:path';
import type { Finding } from '@ar-registry/core/findings';

/** Findings with paths from the top of the repository, given those from the index at `prefix`. */
export function reroot(findings: readonly Finding[], prefix: string): readonly Finding[] {
  if (prefix === '') return findings;
  return findings.map((found) => ({ ...found, at: { ...found.at, file: posix.join(prefix, found.at.file) } }));
}

/** The other way round: `../…` for a path outside of the index. */
export function fromIndex(path: string, prefix: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : `${'../'.repeat(prefix.split('/').length - 1)}${path}`;
}
