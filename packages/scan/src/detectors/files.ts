import type { Use } from '../uses/index.ts';
import { textOf, type SingleValue, type Value } from '../values/value.ts';
import type { Detector, DetectorInput, Need } from './detector.ts';

/** Which arguments are paths that are written, and which are read. */
interface Paths {
  readonly writes?: readonly number[];
  readonly reads?: readonly number[];
}

/** Its flags decide. */
const OPEN: Paths = {};

/** Functions of node:fs → which arguments they write to, and which they read from. `Sync` is left off. */
const FUNCTIONS: Readonly<Record<string, { readonly writes?: readonly number[]; readonly reads?: readonly number[] }>> =
  {
    writeFile: { writes: [0] },
    appendFile: { writes: [0] },
    createWriteStream: { writes: [0] },
    WriteStream: { writes: [0] },
    FileWriteStream: { writes: [0] },
    mkdir: { writes: [0] },
    mkdtemp: { writes: [0] },
    mkdtempDisposable: { writes: [0] },
    rm: { writes: [0] },
    rmdir: { writes: [0] },
    unlink: { writes: [0] },
    truncate: { writes: [0] },
    chmod: { writes: [0] },
    lchmod: { writes: [0] },
    chown: { writes: [0] },
    lchown: { writes: [0] },
    utimes: { writes: [0] },
    lutimes: { writes: [0] },
    rename: { writes: [0, 1] },
    copyFile: { writes: [1], reads: [0] },
    cp: { writes: [1], reads: [0] },
    // A link makes its target writable under another name.
    symlink: { writes: [0, 1] },
    link: { writes: [0, 1] },
    readFile: { reads: [0] },
    createReadStream: { reads: [0] },
    ReadStream: { reads: [0] },
    openAsBlob: { reads: [0] },
    readdir: { reads: [0] },
    opendir: { reads: [0] },
    readlink: { reads: [0] },
    watch: { reads: [0] },
    watchFile: { reads: [0] },
    glob: { reads: [0] },
    open: OPEN,
  };

const OTHER_WRITERS =
  /^(?:node:sqlite (?:DatabaseSync|StatementSync|backup)|node:v8 writeHeapSnapshot|process report writeReport|node:trace_events createTracing|node:v8 setHeapSnapshotNearHeapLimit)/;

export const files: Detector = {
  about: 'files written outside of the data directory, and read outside of the package',
  check(input) {
    for (const use of input.uses) checkUse(use, input);
  },
};

function checkUse(use: Use, input: DetectorInput): void {
  const paths = pathsOf(use.path);
  if (!paths) return;
  if (use.how === 'called') return checkPaths(paths === OPEN ? openArguments(use) : paths, use, input);
  if (use.how !== 'passed' || !use.isOrigin) return;
  const isReader = paths.reads !== undefined && paths.writes === undefined;
  input.report.need({ kind: isReader ? 'read' : 'write', name: undefined }, use.node);
}

function pathsOf(path: readonly string[]): Paths | undefined {
  if (path.includes('()')) return undefined;
  if (OTHER_WRITERS.test(path.join(' '))) return { writes: [0] };
  return path[0] === 'node:fs' ? functionNamed(path.at(-1) ?? '') : undefined;
}

function functionNamed(name: string): Paths | undefined {
  const plain = name.replace(/Sync$/, '');
  return Object.hasOwn(FUNCTIONS, plain) ? FUNCTIONS[plain] : undefined;
}

function openArguments({ args }: Use): Paths {
  const flags = args?.[1];
  const isReading = flags === undefined || /^(?:r|rs|0|undefined)$/.test(textOf(flags) ?? '');
  return isReading ? { reads: [0] } : { writes: [0] };
}

function checkPaths({ writes = [], reads = [] }: Paths, { args, node }: Use, { report }: DetectorInput): void {
  const judge = (kind: 'read' | 'write', index: number): void => {
    for (const path of possiblePaths(args?.[index])) {
      const judged = judgePath(kind, path);
      if (judged === 'open') report.finding('FILE_NAME_UNDETERMINED', node, {});
      else if (judged !== 'inside') report.need(judged, node);
    }
  };
  for (const index of writes) judge('write', index);
  for (const index of reads) judge('read', index);
}

/** A field that is not set yet is no path, if it is ever set. */
function possiblePaths(value: Value | undefined): readonly (SingleValue | undefined)[] {
  if (value?.kind !== 'either') return [value];
  return value.values.filter((single) => single.kind !== 'constant' || (single.value ?? undefined) !== undefined);
}

function judgePath(kind: 'read' | 'write', value: SingleValue | undefined): Need | 'inside' | 'open' {
  if (value?.kind === 'path') return judgeKnown(kind, value);
  const isOpenFile = value?.kind === 'constant' && typeof value.value === 'number';
  const text = value && textOf(value);
  return isOpenFile || text === ':memory:' ? 'inside' : { kind, name: text };
}

function judgeKnown(
  kind: 'read' | 'write',
  { base, rest }: Extract<SingleValue, { kind: 'path' }>,
): Need | 'inside' | 'open' {
  if (base === 'data') return rest === undefined ? 'open' : 'inside';
  return kind === 'read' ? 'inside' : { kind, name: `./${rest ?? ''}` };
}
