/** Reading the manifests of packages: texts that others wrote. */
import { join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { isError, toFindingDocument } from '@ar-registry/core/findings';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { readTextIfExists } from '@ar-registry/io/files';
import type { NormalizedManifest } from '@ar-registry/schemas';

export interface ManifestReader {
  /** Reads the manifest of a package's folder as it is now. @throws FILE_INVALID, FILE_ACCESS */
  read(dir: string): Promise<NormalizedManifest>;
}

interface Parsed {
  readonly text: string;
  readonly manifest: NormalizedManifest;
}

/** The files are read each time; a text that is the one of the last time is not parsed anew. */
export function createManifestReader(): ManifestReader {
  const last = new Map<string, Parsed>();
  return {
    async read(dir) {
      const file = join(dir, MANIFEST_FILE);
      const text = await readTextIfExists(file);
      if (text === undefined) throw new ArError('FILE_ACCESS', { path: file, reason: 'there is no such file' });
      const known = last.get(file);
      if (known?.text === text) return known.manifest;
      const manifest = parse(text, file);
      last.set(file, { text, manifest });
      return manifest;
    },
  };
}

function parse(text: string, file: string): NormalizedManifest {
  const { manifest, findings } = parseManifest(text, file);
  if (manifest) return manifest;
  const problems = findings.filter(isError).map((finding) => {
    const { line, message } = toFindingDocument(finding);
    return `${line === undefined ? '' : `line ${line}: `}${message.replace(/\.$/, '')}`;
  });
  throw new ArError('FILE_INVALID', { file, problem: truncate(toSingleLine(problems.join('; ')), 500) });
}
