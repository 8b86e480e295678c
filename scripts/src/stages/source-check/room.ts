/**
 * The room that a stranger's program runs in: a root of its own, with nothing in it but what is named here.
 *
 * What is shown is listed, and not what is hidden: a mount, a socket or a folder that nobody thought of is not there.
 */
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** One thing of this machine that is shown, read-only, at its own path. */
export interface Shown {
  readonly kind: 'folder' | 'file' | 'link';
  /** Absolute. */
  readonly path: string;
  /** Where a link leads. */
  readonly target?: string;
}

/** Programs and libraries. `/opt` may hold anything, and is not among them. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Of `/etc` what libraries look up. The rest of it may hold tokens: `/etc/npmrc`, `/etc/gitconfig`. */
const SETTINGS = (
  'alternatives ca-certificates crypto-policies group host.conf hosts ld.so.cache ld.so.conf ld.so.conf.d localtime ' +
  'nsswitch.conf os-release passwd pki protocols services ssl'
)
  .split(' ')
  .map((name) => `/etc/${name}`);
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => `/dev/${name}`);
const DEVICE_LINKS: readonly Shown[] = [
  { kind: 'link', path: '/dev/fd', target: '/proc/self/fd' },
  { kind: 'link', path: '/dev/stdin', target: '/proc/self/fd/0' },
  { kind: 'link', path: '/dev/stdout', target: '/proc/self/fd/1' },
  { kind: 'link', path: '/dev/stderr', target: '/proc/self/fd/2' },
];

/** What is there of this machine. Node, npm and git may be anywhere, a home folder included: they alone are taken of it. */
export async function listShown(env: Readonly<Record<string, string>>): Promise<readonly Shown[]> {
  const fixed = await Promise.all([...SYSTEM, ...SETTINGS, ...DEVICES].map(asItIs));
  const programs = await Promise.all(['node', 'npm', 'git'].map(async (name) => showProgram(name, env['PATH'] ?? '')));
  const named = [env['NODE_EXTRA_CA_CERTS'], env['SSL_CERT_FILE'], '/etc/resolv.conf'];
  const files = await Promise.all(named.map(async (file) => (file === undefined ? [] : showFile(file))));
  const found = new Map([...programs.flat(), ...files.flat()].map((shown) => [shown.path, shown]));
  const folders = [...SYSTEM, ...SETTINGS, ...[...found.values()].flatMap(folderOf)];
  const beside = [...found.values()].filter((shown) => !folders.some((folder) => isBelow(shown.path, folder)));
  return [...fixed.flat(), ...DEVICE_LINKS, ...beside];
}

async function asItIs(file: string): Promise<readonly Shown[]> {
  const facts = await lstat(file).catch(() => undefined);
  if (!facts) return [];
  if (facts.isSymbolicLink()) return [{ kind: 'link', path: file, target: await readlink(file) }];
  return [{ kind: facts.isDirectory() ? 'folder' : 'file', path: file }];
}

async function showProgram(name: string, searchPath: string): Promise<readonly Shown[]> {
  for (const folder of searchPath.split(':').filter((entry) => path.isAbsolute(entry))) {
    const file = path.join(folder, name);
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined || !(await stat(real)).isFile()) continue;
    const home = path.dirname(path.dirname(real));
    // npm's program is a link into its package, which it reads.
    const isPackage = path.basename(path.dirname(home)) === 'node_modules' && name === 'npm';
    return [...linkTo(file, real), isPackage ? { kind: 'folder', path: home } : { kind: 'file', path: real }];
  }
  return [];
}

async function showFile(file: string): Promise<readonly Shown[]> {
  const real = path.isAbsolute(file) ? await realpath(file).catch(() => undefined) : undefined;
  return real === undefined ? [] : [...linkTo(file, real), { kind: 'file', path: real }];
}

function linkTo(file: string, real: string): readonly Shown[] {
  return file === real ? [] : [{ kind: 'link', path: file, target: real }];
}

function folderOf({ kind, path: folder }: Shown): readonly string[] {
  return kind === 'folder' ? [folder] : [];
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`);
}

/**
 * Makes the room and runs a command in it; arguments: the work folder, where to run, the owner to be (`uid:gid`, or
 * nothing to stay who it is), then what is shown in threes, `--`, and the command.
 *
 * The new root lies over the work folder, which is reached through the current folder from then on: there is no other
 * folder that surely exists and may be covered. Noclobber keeps a mistake from emptying a file of this machine. That no
 * mount but one can be written to is read from the kernel at the end, each time. The shell stays: it is the first
 * process, and when it is killed, so is all the rest; the command, had it changed its owner, would outlive us.
 */
export const MAKE_ROOM = `
set -euC
work=$1 dir=$2 owner=$3 path=$PATH
shift 3
PATH=$PATH:/usr/sbin:/sbin
{ ip link set lo up || ifconfig lo up; } >/dev/null 2>&1 || :
cd "$work"
mount -t tmpfs -o mode=755,size=4m tmpfs "$work"
mkdir -p "$work/proc" "$work/dev/shm" "$work/tmp" "$work/old" "$work$work"
mount -t proc proc "$work/proc"
while [ "$1" != -- ]; do
  mkdir -p "$work\${2%/*}"
  case $1 in
    link) ln -s "$3" "$work$2" ;;
    file)
      : >"$work$2"
      mount --bind "$2" "$work$2"
      ;;
    folder)
      mkdir -p "$work$2"
      mount --rbind "$2" "$work$2"
      ;;
  esac
  shift 3
done
shift
mount -c --bind . "$work$work"
cd "$work"
pivot_root . old
cd /
umount -l /old
rmdir /old
[ -z "$owner" ] || chown -hR "$owner" "$work"
cat /proc/self/mountinfo | while read -r _ _ _ _ point options _; do
  point=$(printf %b "$point")
  [ "$point" = "$work" ] || mount -o "remount,bind,ro\${options#r[ow]}" "$point"
done
cat /proc/self/mountinfo | while read -r _ _ _ _ point options _; do
  case $options in
    rw*) [ "$(printf %b "$point")" = "$work" ] || exit 97 ;;
  esac
done
PATH=$path
cd "$dir"
"$@"
exit $?
`;

/**
 * Ends well only where the room is what we say of it; arguments: paths of this machine, each followed by what it is
 * there (`device:inode`). Runs in the room, as a stranger's program would.
 */
export const PROBE_ROOM = `
set -eu
{ node -e 0 && npm --version && git --version; } >/dev/null
[ -w "$HOME" ]
for path in / /tmp /dev /dev/shm /proc /proc/sys /proc/sys/kernel/core_pattern /usr /etc; do
  [ ! -w "$path" ]
done
if (: >>/proc/sys/kernel/core_pattern) 2>/dev/null; then exit 1; fi
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status
grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status
while [ $# -gt 0 ]; do
  [ ! -w "$1" ]
  [ "$(stat -c %d:%i "$1" 2>/dev/null || :)" != "$2" ]
  shift 2
done
`;
