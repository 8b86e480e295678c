import { resolve } from 'node:path';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { checkLimits, HOSTS, type HostLimits, type HostName } from '../stages/limits/index.ts';

const NAMES = Object.keys(HOSTS).join(', ');

export const limits = defineCommand({
  name: 'limits',
  summary: 'Say which hosts with limits a built registry fits on.',
  examples: [
    'ar-registry limits --site ./build/registry',
    'ar-registry limits --site ./build/registry --host cloudflare-pages',
  ],
  options: {
    site: { type: 'string', value: '<folder>', help: 'what build, sign and site wrote', required: true },
    host: { type: 'string', value: '<name>', help: `end with exit code 1 where it does not fit there: ${NAMES}` },
    annotate: {
      type: 'boolean',
      help: 'warn in a run of GitHub Actions where four fifths of a limit of that host are used',
    },
  },
  run: async ({ site = '', host, annotate = false }, { cwd, signal }) => {
    if (annotate && host === undefined) throw usage('--annotate is about a host.', 'ar-registry limits --help');
    if (host !== undefined && !isHost(host)) throw usage(`--host is none of ${NAMES}.`, 'ar-registry limits --help');
    const all = await checkLimits(resolve(cwd, site), { host, signal });
    const near = annotate ? all.filter((each) => each.host === host && each.found >= NEAR * each.limit) : [];
    return { text: [...all.map(present), ...near.map(warn)].join(''), json: { hosts: all }, exitCode: 0 };
  },
});

/** Of a limit: time to move before it is passed. */
const NEAR = 0.8;

/** @source https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: a % is written as %25 */
function warn(near: HostLimits): string {
  const says = `${present(near).trimEnd()}. Serve it from ${HOSTS[near.host].next} before that.`;
  return `::warning title=Near a limit of the host::${says.replaceAll('%', '%25')}\n`;
}

function isHost(name: string): name is HostName {
  return Object.hasOwn(HOSTS, name);
}

function present({ host, what, found, limit, fits }: HostLimits): string {
  const share = Math.round((found / limit) * 100);
  return `${host}: ${fits ? 'fits' : 'does not fit'}, ${number(found)} of ${number(limit)} ${what} (${share} %)\n`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
