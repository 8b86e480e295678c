/** What the code needs, compared with what the manifest declares. */
import type { GrantedPermissions, ScanOutput } from '@ar-registry/schemas';
import type { Category, Need } from '../detectors/detector.ts';
import { coversAddress, coversHost } from './hosts.ts';
import { scanFinding, type Place, type ScanFinding } from './finding.ts';

export interface PlacedNeed {
  readonly need: Need;
  readonly place: Place;
}

export interface Declared {
  readonly permissions: GrantedPermissions;
  /** Keys of the configuration: the host of each may be declared, and each may be read from the environment. */
  readonly configKeys: readonly string[];
  /** Whether npm installs packages with it, whose code is not looked at here: it may need what the plugin's own does not. */
  readonly hasDependencies: boolean;
}

type Permissions = ScanOutput['permissions'];
type FoundPermissions = Permissions['found'];

export interface Compared {
  readonly permissions: Permissions;
  readonly findings: readonly ScanFinding[];
}

/** What is used and not declared is an error, what is declared and not used a warning. */
export function comparePermissions(needs: readonly PlacedNeed[], declared: Declared, manifestFile: string): Compared {
  const judged = needs.map((placed) => ({ ...placed, ...judge(placed.need, declared) }));
  const found = collect(judged.flatMap((each) => each.found));
  const undeclared = collect(judged.filter(({ state }) => state === 'undeclared').flatMap((each) => each.found));
  const { permissions } = declared;
  const unused = unusedOf(
    permissions,
    judged.flatMap((each) => each.covers),
  );
  const findings = [
    ...judged.flatMap(({ need, place, state }) => findingOf(need, place, state)),
    ...(declared.hasDependencies ? [] : linesOf(unused)).map(([permission, category]) =>
      scanFinding(
        'PERMISSION_UNUSED',
        { file: manifestFile, evidence: permission },
        { facts: { permission }, category },
      ),
    ),
  ];
  return { permissions: { declared: collectDeclared(permissions), found, undeclared, unused }, findings };
}

type State = 'declared' | 'undeclared' | 'not-checked';

/** A list of what is permitted, as one key: `network` or `filesystem.read`. */
interface Entry {
  readonly list: ListName;
  readonly name: string;
}

type FlagName = 'codeGeneration' | 'workers' | 'nativeAddons';
type ListName = 'network' | 'listen' | 'childProcess' | 'env' | 'read' | 'write';

interface Judged {
  readonly state: State;
  readonly found: readonly (Entry | FlagName)[];
  readonly covers: readonly (Entry | FlagName)[];
}

/** Stands for what the code does not tell. */
const ANY = '*';

function judge(need: Need, declared: Declared): Judged {
  if (!('name' in need)) {
    const state = declared.permissions[need.kind] ? 'declared' : 'undeclared';
    return { state, found: [need.kind], covers: [need.kind] };
  }
  const { kind: list, name } = need;
  const entries = listOf(declared.permissions, list);
  if (name === undefined) return judgeUntold(list, entries);
  const covering = entries.filter((entry) => covers(list, entry, name));
  const isConfig = list === 'env' && declared.configKeys.includes(name);
  const found = isConfig ? [] : [{ list, name: covering.includes(name) ? name : (covering[0] ?? name) }];
  return {
    state: isConfig || covering.length > 0 ? 'declared' : 'undeclared',
    found,
    covers: covering.map((entry) => ({ list, name: entry })),
  };
}

/**
 * What the code does not tell. Where a value of the configuration is declared, it is that one, which no code could tell:
 * that is how such a permission is used. What else may be anything is bounded at run time by what is declared: then it is
 * said, and does not refuse the plugin.
 */
function judgeUntold(list: ListName, entries: readonly string[]): Judged {
  const configured = entries.filter((entry) => entry.includes('${'));
  const possible = NAMED.has(list) ? entries : configured;
  const named = possible.map((name) => ({ list, name }));
  const state = configured.length > 0 ? 'declared' : 'not-checked';
  if (possible.length > 0) return { state, found: named, covers: named };
  if (list === 'read') return { state: 'undeclared', found: [], covers: entries.map((name) => ({ list, name })) };
  return { state: 'undeclared', found: [{ list, name: ANY }], covers: [] };
}

/** Lists of names that cannot be values of the configuration, and of addresses, where any entry may be meant. */
const NAMED: ReadonlySet<ListName> = new Set<ListName>(['childProcess', 'env', 'listen']);

function covers(list: ListName, entry: string, name: string): boolean {
  if (list === 'network') return coversHost(entry, name);
  if (list === 'listen') return coversAddress(entry, name);
  if (list === 'childProcess') return entry === name || entry === name.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
  if (list === 'env') return entry === name;
  const [folder, path] = [trimmed(entry), trimmed(name)];
  return path === folder || path.startsWith(`${folder}/`);
}

function trimmed(path: string): string {
  return path.replace(/^\.\//, '').replace(/\/+$/, '');
}

function findingOf(need: Need, place: Place, state: State): readonly ScanFinding[] {
  if (state === 'declared') return [];
  const { kind } = need;
  if (state === 'not-checked')
    return [
      scanFinding('PERMISSION_NOT_CHECKED', place, {
        facts: { permission: LABELS[kind] },
        category: CATEGORY_OF[kind],
      }),
    ];
  return [undeclaredFinding(need, place)];
}

function undeclaredFinding(need: Need, place: Place): ScanFinding {
  if ('what' in need) return scanFinding(FLAG_CODES[need.kind], place, { facts: { what: need.what } });
  if (need.name === undefined) return scanFinding(UNTOLD[need.kind], place, { facts: {} });
  return namedFinding(need.kind, need.name, place);
}

const FLAG_CODES = {
  codeGeneration: 'CODE_GENERATED',
  workers: 'WORKER_STARTED',
  nativeAddons: 'NATIVE_CODE',
} as const;

function namedFinding(kind: ListName, name: string, place: Place): ScanFinding {
  switch (kind) {
    case 'network':
      return scanFinding('HOST_CONTACTED', place, { facts: { host: name } });
    case 'listen':
      return scanFinding('ADDRESS_LISTENED', place, { facts: { address: name } });
    case 'childProcess':
      return scanFinding('PROCESS_STARTED', place, { facts: { command: name } });
    case 'env':
      return scanFinding('ENV_READ', place, { facts: { name } });
    case 'read':
      return scanFinding('FILE_READ', place, { facts: { path: name } });
    case 'write':
      return scanFinding('FILE_WRITTEN', place, { facts: { path: name } });
  }
}

const UNTOLD = {
  network: 'HOST_UNDETERMINED',
  listen: 'LISTENING_UNDETERMINED',
  childProcess: 'PROCESS_UNDETERMINED',
  env: 'ENV_UNDETERMINED',
  read: 'FILE_READ_UNDETERMINED',
  write: 'FILE_WRITE_UNDETERMINED',
} as const;

const CATEGORY_OF: Readonly<Record<Need['kind'], Category>> = {
  codeGeneration: 'dynamic-code',
  workers: 'worker',
  nativeAddons: 'native',
  network: 'network',
  listen: 'network',
  childProcess: 'process',
  env: 'environment',
  read: 'filesystem',
  write: 'filesystem',
};

const LABELS: Readonly<Record<Need['kind'], string>> = {
  codeGeneration: 'codeGeneration',
  workers: 'workers',
  nativeAddons: 'nativeAddons',
  network: 'network',
  listen: 'listen',
  childProcess: 'childProcess',
  env: 'env',
  read: 'filesystem.read',
  write: 'filesystem.write',
};

function listOf({ filesystem, ...permissions }: GrantedPermissions, list: ListName): readonly string[] {
  return (list === 'read' || list === 'write' ? filesystem[list] : permissions[list]) ?? [];
}

/** The permissions that `entries` come to, each once, sorted. */
function collect(entries: readonly (Entry | FlagName)[]): FoundPermissions {
  const flags = new Set(entries.filter((entry) => typeof entry === 'string'));
  const names = (list: ListName): string[] =>
    [
      ...new Set(entries.flatMap((entry) => (typeof entry === 'object' && entry.list === list ? [entry.name] : []))),
    ].toSorted();
  return {
    network: names('network'),
    listen: names('listen'),
    filesystem: { read: names('read'), write: names('write') },
    childProcess: names('childProcess'),
    nativeAddons: flags.has('nativeAddons'),
    workers: flags.has('workers'),
    codeGeneration: flags.has('codeGeneration'),
    env: names('env'),
  };
}

const LISTS: readonly ListName[] = ['network', 'listen', 'read', 'write', 'childProcess', 'env'];
const FLAGS: readonly FlagName[] = ['nativeAddons', 'workers', 'codeGeneration'];

function entriesOf(permissions: GrantedPermissions): readonly (Entry | FlagName)[] {
  return [
    ...LISTS.flatMap((list) => listOf(permissions, list).map((name) => ({ list, name }))),
    ...FLAGS.filter((flag) => permissions[flag]),
  ];
}

function collectDeclared(permissions: GrantedPermissions): FoundPermissions {
  return collect(entriesOf(permissions));
}

function unusedOf(permissions: GrantedPermissions, used: readonly (Entry | FlagName)[]): FoundPermissions {
  const keyOf = (entry: Entry | FlagName): string =>
    typeof entry === 'string' ? entry : `${entry.list} ${entry.name}`;
  const keys = new Set(used.map(keyOf));
  return collect(entriesOf(permissions).filter((entry) => !keys.has(keyOf(entry))));
}

function linesOf(permissions: FoundPermissions): readonly (readonly [string, Category])[] {
  return entriesOf(permissions).map((entry) =>
    typeof entry === 'string'
      ? [`permissions.${entry}`, CATEGORY_OF[entry]]
      : [`permissions.${LABELS[entry.list]}: ${entry.name}`, CATEGORY_OF[entry.list]],
  );
}
