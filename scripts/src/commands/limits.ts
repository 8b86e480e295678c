import { resolve } from 'node:path';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import {
  checkLimits,
  HOSTS,
  measureBins,
  type BinUse,
  type HostLimits,
  type HostName,
} from '../stages/limits/index.ts';

const NAMES = Object.keys(HOSTS).join(', ');

export const limits = defineCommand({
  name: 'limits',
  summary:
    'Say which hosts with limits a built registry fits on, and whether its signed index has grown out of its bins.',
  examples: [
    'ar-registry limits --site ./build/registry',
    'ar-registry limits --site ./build/registry --host cloudflare-pages',
  ],
  options: {
    site: { type: 'string', value: '<folder>', help: 'what build, sign and site wrote', required: true },
    host: { type: 'string', value: '<name>', help: `end with exit code 1 where it does not fit there: ${NAMES}` },
    annotate: {
      type: 'boolean',
      help: 'warn in a run of GitHub Actions where four fifths of a limit of that host are used, or more bins are needed',
    },
  },
  run: async ({ site = '', host, annotate = false }, { cwd, signal }) => {
    if (annotate && host === undefined) throw usage('--annotate is about a host.', 'ar-registry limits --help');
    if (host !== undefined && !isHost(host)) throw usage(`--host is none of ${NAMES}.`, 'ar-registry limits --help');
    const folder = resolve(cwd, site);
    const all = await checkLimits(folder, { host, signal });
    const bins = await measureBins(folder);
    const told = [...all.map(present), ...(bins ? presentBins(bins) : [])];
    const warnings = annotate
      ? warningsOf(
          all.filter((each) => each.host === host),
          bins,
        )
      : [];
    return { text: [...told, ...warnings].join(''), json: { hosts: all, ...(bins && { bins }) }, exitCode: 0 };
  },
});

/** Of a limit: time to move before it is passed. */
const NEAR = 0.8;

function warningsOf(hosts: readonly HostLimits[], bins: BinUse | undefined): readonly string[] {
  const near = hosts.filter(({ found, limit }) => found >= NEAR * limit).map(warnOfHost);
  return bins && !bins.fits ? [...near, warnOfBins(bins)] : near;
}

function warnOfHost(near: HostLimits): string {
  return warning(
    'Near a limit of the host',
    `${present(near).trimEnd()}. Serve it from ${HOSTS[near.host].next} before that.`,
  );
}

function warnOfBins(use: BinUse): string {
  const [found = '', remedy = ''] = presentBins(use);
  return warning('The signed index needs more bins', `${found.trimEnd()}. ${remedy.trim()}`);
}

/** @source https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: a % is written as %25 */
function warning(title: string, says: string): string {
  return `::warning title=${title}::${says.replaceAll('%', '%25')}\n`;
}

/** What is found, and in a line of its own what to do, where something is to be done. */
function presentBins({ bins, documents, limit, fits, better }: BinUse): readonly string[] {
  const each = documents / bins;
  const share = Math.round((each / limit) * 100);
  const found = `${number(documents)} documents in ${number(bins)} bins, ${number(Math.round(each))} of ${limit} in each (${share} %)`;
  if (fits) return [`signed index: fits, ${found}\n`];
  return [
    `signed index: outgrown, ${found}\n`,
    `  A first visit fetches two bins. Make them ${number(better)} with \`ar-registry keys renew\`: docs/guides/keys.md, “How many bins”.\n`,
  ];
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
