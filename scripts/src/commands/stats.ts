import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { DEFAULT_DELAY_HOURS } from '@ar-registry/core/stats';
import type { StatsOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand, type Context } from '../command.ts';
import { runSave } from './stats-save.ts';
import { openGitHub, parseRepository } from './github.ts';
import {
  LOG_FORMATS,
  collectStats,
  type CollectInput,
  type LogFormat,
  type ReleasesOf,
} from '../stages/stats/index.ts';

const HELP = 'ar-registry stats --help';
const DEFAULT_MEMORY_MIB = 1024;

export const stats = defineCommand({
  name: 'stats',
  summary: 'Count downloads and events from access logs, and write the days that are final into the index.',
  examples: [
    'ar-registry stats collect --index ./registry-index --logs /var/log/nginx',
    'ar-registry stats collect --index . --logs ./logs/2026-11-20.gz --logs ./logs/2026-11-21.gz --format cloudfront',
    'ar-registry stats collect --index . --github',
    'ar-registry stats save --index . --repo acme/registry --branch main',
  ],
  options: {
    action: {
      type: 'string',
      value: 'collect|save',
      help: 'count; or commit what was counted to a branch at GitHub',
      required: true,
      positional: true,
    },
    index: { type: 'string', value: '<folder>', help: 'the index; stats/ in it is written', required: true },
    logs: {
      type: 'string',
      value: '<file or folder>',
      help: 'access logs, also gzip; any number of times',
      multiple: true,
    },
    format: { type: 'string', value: '<name>', help: `${LOG_FORMATS.join(', ')}; found out unless given` },
    releases: {
      type: 'string',
      value: '<file>',
      help: 'GitHub’s list of releases; any number of times',
      multiple: true,
    },
    github: { type: 'boolean', help: 'ask GitHub for the counters of releases that archives lie in' },
    'base-path': { type: 'string', value: '<path>', help: 'where the registry is on its host: / unless given' },
    'delay-hours': {
      type: 'string',
      value: '<number>',
      help: `after which a day is final: ${DEFAULT_DELAY_HOURS} unless given`,
    },
    memory: { type: 'string', value: '<MiB>', help: `of the database: ${DEFAULT_MEMORY_MIB} unless given` },
    threads: { type: 'string', value: '<number>', help: 'of the database: one for each core unless given' },
    repo: { type: 'string', value: '<owner>/<name>', help: 'save: the repository of the index, at GitHub' },
    branch: { type: 'string', value: '<name>', help: 'save: main unless given' },
  },
  run: async (values, context) => {
    if (values.action === 'save') return runSave(values, context);
    if (values.action !== 'collect') throw usage('What stats does is called collect or save.', HELP, 'collect');
    const input = parseInput(values, context.cwd);
    if (input.logs.length + input.releases.length === 0 && !values.github)
      throw usage('None of --logs, --releases and --github is given.', HELP);
    const { clock, signal } = context;
    const releasesOf = values.github ? askGitHub(context) : undefined;
    const outcome = await collectStats(input, { nowMs: clock.nowMs(), temporary: tmpdir(), signal, releasesOf });
    const json: StatsOutput = { schemaVersion: 1, ...outcome };
    return { text: presentStats(json), notes: presentLines(json), json, exitCode: 0 };
  },
});

interface Given {
  readonly index?: string;
  readonly logs?: readonly string[];
  readonly releases?: readonly string[];
  readonly format?: string;
  readonly 'base-path'?: string;
  readonly 'delay-hours'?: string;
  readonly memory?: string;
  readonly threads?: string;
}

function parseInput(given: Given, cwd: string): CollectInput {
  const {
    index = '',
    logs = [],
    releases = [],
    'base-path': basePath = '/',
    'delay-hours': delayHours = String(DEFAULT_DELAY_HOURS),
    memory = String(DEFAULT_MEMORY_MIB),
    threads,
  } = given;
  return {
    index: resolve(cwd, index),
    logs: logs.map((path) => resolve(cwd, path)),
    releases: releases.map((path) => resolve(cwd, path)),
    format: parseFormat(given.format),
    basePath: parseBasePath(basePath),
    delayHours: parseNumber('delay-hours', delayHours, [0, 1000]),
    memoryMiB: parseNumber('memory', memory, [256, 1_048_576]),
    threads: threads === undefined ? undefined : parseNumber('threads', threads, [1, 1024]),
  };
}

function askGitHub(context: Context): ReleasesOf {
  return async (repository) => openGitHub(parseRepository(repository, 'stats'), context, 'nothing').releaseDownloads();
}

function parseFormat(text: string | undefined): LogFormat | undefined {
  const format = LOG_FORMATS.find((known) => known === text);
  if (format === undefined && text !== undefined) throw usage(`--format is none of ${LOG_FORMATS.join(', ')}.`, HELP);
  return format;
}

function parseBasePath(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (path === '' || /^(?:\/[\w.~-]+)+$/.test(path)) return path;
  throw usage('--base-path is no path such as /registry.', HELP);
}

function parseNumber(name: string, text: string, [least, most]: readonly [number, number]): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw usage(`--${name} is not a number from ${least} to ${most}.`, HELP);
}

function presentStats({ days, months, finalThrough, counters, files }: StatsOutput): string {
  const written = days.length === 0 ? 'no day is new' : `${days.length} days written (${days[0]} to ${days.at(-1)})`;
  const joined = months.length === 0 ? '' : `, ${months.join(', ')} joined`;
  const changed = counters === 0 ? '' : `, ${counters} release counters changed`;
  return `${files} logs: ${written}${joined}${changed}; days are final through ${finalThrough}\n`;
}

function presentLines({ lines }: StatsOutput): string {
  const { counted, ci, broken, other, method, status, bot, done, open } = lines;
  return (
    [
      `${counted} requests counted, ${ci} of them by CI`,
      `left out: ${bot} of bots, ${status} not answered with the file, ${method} no GET, ${broken} broken lines,`,
      `${done} of days counted before, ${open} of days not final yet, ${other} about something else`,
    ].join('\n') + '\n'
  );
}
