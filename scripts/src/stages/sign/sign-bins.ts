/** All bins of a site: those whose documents changed are made anew, and where it is known which did, only they are read. */
import type { TrustTargetFile } from '@ar-registry/schemas';
import { makeBin, makeBins, type MadeBin, type MakePorts } from './make-metadata.ts';
import { readDocument, readDocuments } from './read-documents.ts';
import { readSignedBefore, type SignedBefore, type SignedBin } from './signed-note.ts';

export interface SignedBins {
  /** By name, in order. */
  readonly all: ReadonlyMap<string, SignedBin>;
  /** Those that were looked at. */
  readonly made: readonly MadeBin[];
}

export interface SignBinsInput {
  readonly site: string;
  /** Whether what was signed last is in the site itself. */
  readonly isHere: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @throws SIGNING_KEYS_MISSING, FILE_NOT_FOUND, FILE_ACCESS */
export async function signBins({ site, isHere, signal }: SignBinsInput, ports: MakePorts): Promise<SignedBins> {
  const { nowMs, settings } = ports;
  const before = isHere
    ? await readSignedBefore({ ...ports, site }, { nowMs, expiryMs: settings.expiryMs.bins })
    : undefined;
  const changed = before && (await changeBins(site, before, ports));
  if (changed) return changed;
  const made = await makeBins(await readDocuments(site, signal), ports);
  return { all: new Map(made.map(toSigned)), made };
}

/** @returns undefined where a bin is not what was signed */
async function changeBins(
  site: string,
  { changed, kept }: SignedBefore,
  ports: MakePorts,
): Promise<SignedBins | undefined> {
  const made: MadeBin[] = [];
  for (const [name, paths] of changed) {
    const before = await ports.previous.bin(name);
    if (!before) return undefined;
    const documents = new Map<string, TrustTargetFile>(Object.entries(before.signed.targets));
    for (const document of paths) {
      const target = await readDocument(site, document);
      if (target) documents.set(document, target);
      else documents.delete(document);
    }
    made.push(await makeBin(name, documents, ports));
  }
  const all = [...kept, ...made.map(toSigned)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { all: new Map(all), made };
}

function toSigned({ name, metadata: { signed } }: MadeBin): readonly [string, SignedBin] {
  const { version, expires, targets } = signed;
  return [name, { version, expires, targets: Object.keys(targets).length }];
}
