/**
 * What stands between a stranger's build and this machine, as far as the system offers it.
 *
 * None of it is promised: which layers were active is said in every result. Without any, a command still has a process
 * group of its own, an environment without secrets, and limits on time and output. All of it is util-linux.
 */
import { execFile } from 'node:child_process';

/** How people are told of a layer. */
export type Layer = 'own processes' | 'no network' | 'read-only files' | 'no new privileges' | 'memory and CPU limits';

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
 * Inside of the new namespaces: loopback up, and everything but the work folder read-only. Without a network the sockets
 * in /run are hidden as well: a service such as Docker's would have one, and more.
 */
const ENTER = [
  'work=$1; dir=$2; files=$3; net=$4; shift 4',
  '{ ip link set lo up || ifconfig lo up; } >/dev/null 2>&1',
  'if [ "$net" = off ] && [ -d /run ]; then mount -t tmpfs -o size=1m tmpfs /run || exit 97; fi',
  'if [ "$files" = ro ]; then mount --bind "$work" "$work" && mount -o remount,bind,ro / || exit 97; fi',
  'cd "$dir" && exec "$@"',
].join('\n');

const NAMESPACES = ['--map-root-user', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
const NO_NEW_PRIVILEGES = ['setpriv', '--no-new-privs'];
/** Whoever is root in the namespaces could undo what was mounted there. */
const NO_CAPABILITIES = [...NO_NEW_PRIVILEGES, '--bounding-set=-all', '--inh-caps=-all'];
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
  readonly namespaces: 'none' | 'network' | 'network-and-files';
  readonly privileges: boolean;
  readonly limits: boolean;
}

/** Finds out which layers work here, by using each. @param workDir absolute, exists */
export async function detectIsolation(workDir: string, env: Readonly<Record<string, string>>): Promise<Isolation> {
  const works = async (isolation: Isolation): Promise<boolean> => {
    const [file, ...args] = isolation.wrap(['true'], { workDir, cwd: workDir, network: false });
    return new Promise((resolve) => {
      execFile(file, args, { env: { ...env }, timeout: PROBE_MS }, (error) => resolve(error === null));
    });
  };
  const privileges = await works(createIsolation({ namespaces: 'none', privileges: true, limits: false }));
  const limits = await works(createIsolation({ namespaces: 'none', privileges: false, limits: true }));
  for (const namespaces of ['network-and-files', 'network'] as const) {
    const isolation = createIsolation({ namespaces, privileges, limits });
    // Without the means to give capabilities up, read-only is no layer: it could be undone.
    if ((privileges || namespaces === 'network') && (await works(isolation))) return isolation;
  }
  return createIsolation({ namespaces: 'none', privileges, limits });
}

const PROBE_MS = 10_000;

/** The command lines of one combination. */
export function createIsolation({ namespaces, privileges, limits }: Abilities): Isolation {
  const isApart = namespaces !== 'none';
  const layers: readonly (Layer | false)[] = [
    isApart && 'own processes',
    isApart && 'no network',
    namespaces === 'network-and-files' && 'read-only files',
    privileges && 'no new privileges',
    limits && 'memory and CPU limits',
  ];
  const dropping = isApart ? NO_CAPABILITIES : NO_NEW_PRIVILEGES;
  return {
    layers: layers.filter((layer) => layer !== false),
    wrap: (command, bounds) => {
      const limited = [...(privileges ? dropping : []), ...(limits ? PRLIMIT : []), ...command];
      const [file = '', ...args] = isApart ? enter(bounds, namespaces, limited) : limited;
      return [file, ...args];
    },
  };
}

function enter(
  { workDir, cwd, network }: Bounds,
  namespaces: Abilities['namespaces'],
  command: readonly string[],
): readonly string[] {
  const net = network ? [] : ['--net'];
  const how = [namespaces === 'network-and-files' ? 'ro' : 'rw', network ? 'on' : 'off'];
  return ['unshare', ...NAMESPACES, ...net, '--', 'sh', '-c', ENTER, 'sh', workDir, cwd, ...how, ...command];
}
