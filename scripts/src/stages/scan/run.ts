import { scanPackage, type ScanReport } from '@ar-registry/scan';
import { readPackage } from './read-package.ts';

export type ScanOutcome =
  | { readonly kind: 'scanned'; readonly report: ScanReport }
  /** What could not be read was not scanned, and is no pass. */
  | { readonly kind: 'refused'; readonly problem: string };

/** Scans the package at `target`, an absolute path. @throws FILE_NOT_FOUND; `signal.reason` when aborted */
export async function scan(target: string, { signal }: { readonly signal: AbortSignal }): Promise<ScanOutcome> {
  const read = await readPackage(target, signal);
  if (read.kind === 'refused') return read;
  return { kind: 'scanned', report: await scanPackage(read, { signal }) };
}
