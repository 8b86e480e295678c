/**
 * What stands between a stranger's build and this machine, as far as the system offers it.
 *
 * None of it is promised: which layers were active is said in every result. Without any, a command still has a process
 * group of its own, an environment without secrets, and limits on time and output. All of it is util-linux.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { listShown, MAKE_ROOM, PROBE_ROOM, type Shown } from './room.ts';

/** How people are told of a layer. */
export type Layer =
  | 'own processes'
  | 'no network'
  | 'read-only files'
  | 'no files of others'
  | 'no new privileges'
  | 'memory and CPU limits';

export interface Isolation {
  readonly layers: readonly Layer[];
  /** The command line that runs `command` behind the layers. */
  readonly wrap: (command: readonly [string, ...string[]], bounds: Bounds) => readonly [string, ...string[]];
}

export interface Bounds {
  /** The only folder that can be written to, where files are read-only at all. Absolute. */
  readonly workDir: string;
  /** Absolute. */
  readonly cwd: string;
  readonly network: boolean;
}

const LIMITS = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 900, fileBytes: 1024 ** 3, openFiles: 4096 };

/**
 * Inside of namespaces where no room can be made: loopback up, and without a network the sockets in /run hidden as well:
 * a service such as Docker's would have one, and more.
 */
const ENTER = [
  'dir=$1; net=$2; shift 2',
  '{ ip link set lo up || ifconfig lo up; } >/dev/null 2>&1',
  'if [ "$net" = off ] && [ -d /run ]; then mount -t tmpfs -o size=1m tmpfs /run || exit 97; fi',
  'cd "$dir" && exec "$@"',
].join('\n');

const NAMESPACES = ['--mount', '--pid', '--ipc', '--fork', '--kill-child=KILL', '--mount-proc'];
const NO_NEW_PRIVILEGES = ['setpriv', '--no-new-privs'];
/** Whoever is root in the namespaces could undo what was mounted there. */
const NO_CAPABILITIES = [...NO_NEW_PRIVILEGES, '--bounding-set=-all', '--inh-caps=-all'];
/** Root of this machine stays it in any namespace, and may write what belongs to root: settings of the kernel, for one. */
const NOBODY = '65534';
const AS_NOBODY = [...NO_CAPABILITIES, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
const PRLIMIT = [
  'prlimit',
  `--data=${LIMITS.memoryBytes}`,
  `--cpu=${LIMITS.cpuSeconds}`,
  `--fsize=${LIMITS.fileBytes}`,
  `--nofile=${LIMITS.openFiles}`,
  '--core=0',
  '--',
];

/** What of it works on a system. */
export interface Abilities {
  readonly namespaces: 'none' | 'network' | 'room';
  readonly privileges: boolean;
  readonly limits: boolean;
  /** Whether we are root, of whom nothing may be left in the room. */
  readonly isRoot: boolean;
  /** What is in the room. */
  readonly shown: readonly Shown[];
}

/** Finds out which layers work here, by using each. @param workDir absolute, exists */
export async function detectIsolation(workDir: string, env: Readonly<Record<string, string>>): Promise<Isolation> {
  const works = async (isolation: Isolation, command: readonly [string, ...string[]] = ['true']): Promise<boolean> => {
    const [file, ...args] = isolation.wrap(command, { workDir, cwd: workDir, network: false });
    return new Promise((resolve) => {
      execFile(file, args, { env: { ...env }, timeout: PROBE_MS }, (error) => resolve(error === null));
    });
  };
  const here = { isRoot: userInfo().uid === 0, shown: await listShown(env) };
  const alone = { ...here, namespaces: 'none', privileges: false, limits: false } as const;
  const privileges = await works(createIsolation({ ...alone, privileges: true }));
  const limits = await works(createIsolation({ ...alone, limits: true }));
  const room = createIsolation({ ...here, namespaces: 'room', privileges, limits });
  // Without the means to give capabilities up, a room is no layer: it could be left.
  if (privileges && (await works(room, ['sh', '-c', PROBE_ROOM, 'sh', ...(await notInRoom())]))) return room;
  const apart = createIsolation({ ...here, namespaces: 'network', privileges, limits });
  return (await works(apart)) ? apart : createIsolation({ ...alone, privileges, limits });
}

const PROBE_MS = 30_000;

/** Where people and programs keep what is nobody else's, and what it is here. */
async function notInRoom(): Promise<readonly string[]> {
  const places = [homedir(), userInfo().homedir, '/root', '/home', '/tmp', '/var', '/run', '/dev/shm', '/sys', '/mnt'];
  const told = await Promise.all(
    places.map(async (place) => {
      const facts = await stat(place, { bigint: true }).catch(() => undefined);
      return facts ? [place, `${facts.dev}:${facts.ino}`] : [];
    }),
  );
  return told.flat();
}

/** The command lines of one combination. */
export function createIsolation(abilities: Abilities): Isolation {
  const { namespaces, privileges, limits } = abilities;
  const isApart = namespaces !== 'none';
  const layers: readonly (Layer | false)[] = [
    isApart && 'own processes',
    isApart && 'no network',
    namespaces === 'room' && 'read-only files',
    namespaces === 'room' && 'no files of others',
    privileges && 'no new privileges',
    limits && 'memory and CPU limits',
  ];
  return {
    layers: layers.filter((layer) => layer !== false),
    wrap: (command, bounds) => {
      const limited = [...(privileges ? dropping(abilities) : []), ...(limits ? PRLIMIT : []), ...command];
      const [file = '', ...args] = isApart ? enter(bounds, abilities, limited) : limited;
      return [file, ...args];
    },
  };
}

function dropping({ namespaces, isRoot }: Abilities): readonly string[] {
  if (namespaces === 'none') return NO_NEW_PRIVILEGES;
  return namespaces === 'room' && isRoot ? AS_NOBODY : NO_CAPABILITIES;
}

function enter(
  { workDir, cwd, network }: Bounds,
  { namespaces, isRoot, shown }: Abilities,
  command: readonly string[],
): readonly string[] {
  const net = network ? [] : ['--net'];
  if (namespaces === 'network') {
    const unshare = ['unshare', '--map-root-user', ...NAMESPACES, ...net, '--'];
    return [...unshare, 'sh', '-c', ENTER, 'sh', cwd, network ? 'on' : 'off', ...command];
  }
  // In a user namespace of one user there is nobody else to become.
  const unshare = ['unshare', ...(isRoot ? [] : ['--map-root-user']), ...NAMESPACES, ...net, '--'];
  const owner = isRoot ? `${NOBODY}:${NOBODY}` : '';
  const items = shown.flatMap(({ kind, path, target }) => [kind, path, target ?? '']);
  return [...unshare, 'sh', '-c', MAKE_ROOM, 'sh', workDir, cwd, owner, ...items, '--', ...command];
}
