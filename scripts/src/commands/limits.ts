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
  },
  run: async ({ site = '', host }, { cwd, signal }) => {
    if (host !== undefined && !isHost(host)) throw usage(`--host is none of ${NAMES}.`, 'ar-registry limits --help');
    const all = await checkLimits(resolve(cwd, site), { host, signal });
    return { text: all.map(present).join(''), json: { hosts: all }, exitCode: 0 };
  },
});

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
