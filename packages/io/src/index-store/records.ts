/** From the files of a tree to the text of its records. What cannot be one is reported and left out. */
import { showPath } from '@ar-registry/core/archive';
import { finding, type Finding } from '@ar-registry/core/findings';
import {
  CATEGORIES_FILE,
  DEPENDENCIES_FILE,
  DISMISSED_FILE,
  DOWNLOADS_FILE,
  PROVENANCE_ROOT_FILE,
  REGISTRY_FILE,
  STATS_FOLDER,
  parseIndexPath,
  parseStatsPath,
} from '@ar-registry/core/layout';
import { findPathCollisions } from '@ar-registry/core/rules';
import type { Tree, TreeFile } from './tree-files.ts';

/** A record has 64 KiB at most, which its parser says; this only keeps giants out of memory. */
const RECORD_LIMIT_BYTES = 1024 * 1024;
/** Statistics have a line per plugin. */
const STATS_LIMIT_BYTES = 32 * 1024 * 1024;

export interface RecordTexts {
  /** Path relative to the index → text. */
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Reads every record. @param listed files of the index, by their path in it. */
export async function readRecords(tree: Tree, listed: readonly TreeFile[]): Promise<RecordTexts> {
  const chosen = chooseRecords(listed);
  const { files, findings } = await readTexts(tree, chosen.records);
  return { files, findings: [...chosen.findings, ...findings] };
}

export interface ChosenRecords {
  readonly records: readonly TreeFile[];
  readonly findings: readonly Finding[];
}

/** The files that may be records. @param listed all files of the index, by their path in it */
export function chooseRecords(listed: readonly TreeFile[]): ChosenRecords {
  const candidates = listed.filter(({ path }) => isRecordPath(path));
  // Of two paths that are one where letter case does not count, neither is taken: a checkout could hold either.
  const collisions = findPathCollisions(candidates.map(({ path }) => path));
  const findings = [...collisions.findings];
  return {
    records: candidates.filter((file) => !collisions.paths.has(file.path) && isPlain(file, findings)),
    findings,
  };
}

/** The texts of records; those that have none are left out and reported. */
export async function readTexts(tree: Tree, records: readonly TreeFile[]): Promise<RecordTexts> {
  const findings: Finding[] = [];
  const sizes = await tree.sizes(records);
  const small = records.filter((file) => isSmall(file, sizes.get(file.id) ?? 0, findings));
  const contents = await tree.contents(small);
  const files = new Map<string, string>();
  for (const { path, id } of small) {
    const text = decode(contents.get(id) ?? new Uint8Array());
    if (text === undefined) findings.push(finding('YAML_ENCODING', { file: path }, {}));
    else files.set(path, text);
  }
  return { files, findings };
}

const SINGLE_FILES: readonly string[] = [
  REGISTRY_FILE,
  CATEGORIES_FILE,
  DEPENDENCIES_FILE,
  DISMISSED_FILE,
  DOWNLOADS_FILE,
  PROVENANCE_ROOT_FILE,
];

/** What the registry reads, and what lies between that and so could be taken for it. */
export function isRecordPath(path: string): boolean {
  if (SINGLE_FILES.includes(path)) return true;
  if (['scope', 'advisory'].includes(parseIndexPath(path).kind)) return true;
  return /^(?:plugins|reviews|verifications)\//.test(path) || parseStatsPath(path) !== undefined;
}

const KINDS = {
  executable: 'executable',
  symlink: 'a symbolic link',
  submodule: 'a submodule',
  special: 'no plain file',
} as const;

function isPlain({ path, kind }: TreeFile, findings: Finding[]): boolean {
  if (kind === 'file') return true;
  findings.push(finding('FILE_KIND_NOT_ALLOWED', { file: path }, { path: showPath(path), kind: KINDS[kind] }));
  return false;
}

function isSmall({ path }: TreeFile, sizeBytes: number, findings: Finding[]): boolean {
  const limitBytes = path.startsWith(STATS_FOLDER) ? STATS_LIMIT_BYTES : RECORD_LIMIT_BYTES;
  if (sizeBytes <= limitBytes) return true;
  findings.push(finding('YAML_TOO_LARGE', { file: path }, { sizeBytes, limitBytes }));
  return false;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined; // the only way TextDecoder says no; reported by the caller
  }
}
