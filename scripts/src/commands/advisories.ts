import { ArError } from '@ar-registry/core/errors';
import { toSingleLine } from '@ar-registry/core/text';
import { createGitHub, gitHubPlaces } from '@ar-registry/io/github';
import { openIndex } from '@ar-registry/io/propose';
import type { AdvisoriesDraftOutput } from '@ar-registry/schemas';
import { resolve } from 'node:path';
import { usage } from '../args.ts';
import { defineCommand, type Context, type Outcome } from '../command.ts';
import {
  draftAdvisories,
  draftedRows,
  MARKER,
  type DraftedRow,
  type DraftOutcome,
  type DraftTarget,
} from '../stages/advisories/index.ts';
import { parseRepository } from './github.ts';
import { parseIndexSource } from './index-source.ts';
import { openOsv } from './osv-option.ts';
import { resolveRemote } from './resolve-given.ts';

const HELP = 'ar-registry advisories --help';
const DEFAULT_LIMIT = 20;
const MOST = 500;

/** Whom the token of a workflow belongs to. */
const BOT = { login: 'github-actions[bot]', id: 41_898_282 };
const ON_PLAIN_GIT = { name: 'ar-registry', email: 'ar-registry@localhost' };

export const advisories = defineCommand({
  name: 'advisories',
  summary: 'Draft advisories about plugins whose npm dependencies have become vulnerable, and propose them: draft.',
  examples: [
    'ar-registry advisories draft --index ./registry-index --reports ./reports --osv ./osv',
    'ar-registry advisories draft --index . --reports ./reports --osv ./osv --repo acme/registry',
    'ar-registry advisories draft --index ./index.git --reports ./reports --osv ./osv --remote ./index.git',
  ],
  options: {
    action: { type: 'string', value: '<action>', help: 'draft', required: true, positional: true },
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    reports: { type: 'string', value: '<folder>', help: 'what `reports` made', required: true },
    osv: { type: 'string', value: '<folder or address>', help: 'the vulnerability database', required: true },
    repo: { type: 'string', value: '<owner>/<name>', help: 'open or go on with a pull request there, at GitHub' },
    remote: { type: 'string', value: '<address or path>', help: 'push a branch there, to a plain git remote' },
    limit: { type: 'string', value: '<number>', help: `the most new drafts: ${DEFAULT_LIMIT} unless given` },
    'dry-run': { type: 'boolean', help: 'do all that others cannot see' },
  },
  run: async (values, context) => {
    const database = openOsv(values.osv, context);
    if (values.action !== 'draft' || !database) throw usage(`“${values.action ?? ''}” is not draft.`, HELP);
    const { cwd, clock, signal } = context;
    const request = {
      source: await parseIndexSource(values.index ?? '', cwd),
      reports: resolve(cwd, values.reports ?? ''),
      limit: parseLimit(values.limit),
      dryRun: values['dry-run'] ?? false,
    };
    const target = await openTarget(values, context);
    try {
      const ports = { advisories: database, target, now: new Date(clock.nowMs()), signal };
      return present(await draftAdvisories(request, ports));
    } finally {
      await target?.index[Symbol.asyncDispose]();
    }
  },
});

function parseLimit(text = String(DEFAULT_LIMIT)): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw usage(`--limit is not a number from 1 to ${MOST}.`, HELP);
}

interface Where {
  readonly repo?: string;
  readonly remote?: string;
}

async function openTarget({ repo, remote }: Where, { cwd, env, signal }: Context): Promise<DraftTarget | undefined> {
  if (repo !== undefined && remote !== undefined) throw usage('--repo and --remote exclude each other.', HELP);
  if (remote !== undefined)
    return { index: await openIndex(resolveRemote(remote, cwd), { signal }), author: ON_PLAIN_GIT };
  if (repo === undefined) return undefined;
  const name = parseRepository(repo, 'advisories');
  const token = env['GITHUB_TOKEN'] || undefined;
  if (token === undefined) throw new ArError('GITHUB_TOKEN_MISSING', {});
  const { apiUrl, uploadUrl, webUrl } = gitHubPlaces(env);
  const client = createGitHub({ token, apiUrl, uploadUrl, signal, userAgent: 'ar-registry' });
  const index = await openIndex(`${webUrl}/${name.owner}/${name.repo}`, {
    signal,
    github: { client, webUrl },
    own: true,
  });
  const comment = async (pullRequest: number, body: string): Promise<void> =>
    client.repository(name).upsertComment(pullRequest, MARKER, body);
  return { index, author: BOT, comment };
}

function present({ takenAt, drafts, waiting, left, unknown, stale, proposed }: DraftOutcome): Outcome {
  const rows = draftedRows(drafts);
  const json: AdvisoriesDraftOutput = {
    schemaVersion: 1,
    takenAt,
    drafts: [...rows],
    waiting: [...waiting],
    left,
    unknown: [...unknown],
    ...(proposed ? { proposed: toProposed(proposed) } : {}),
  };
  const counts = `${rows.length} new ${rows.length === 1 ? 'draft' : 'drafts'}, ${waiting.length} waiting`;
  const more = left === 0 ? '' : `, ${left} left for the next run`;
  const where = proposed ? `; ${proposed.state} on ${proposed.pullRequest?.url ?? proposed.branch}` : '';
  const notes = [
    ...(stale === undefined ? [] : [`${stale}\n`]),
    ...(unknown.length === 0
      ? []
      : [
          `could not look at ${unknown.slice(0, 20).join(', ')}${unknown.length > 20 ? ` and ${unknown.length - 20} more` : ''}\n`,
        ]),
  ];
  return { text: `${rows.map(toLine).join('')}${counts}${more}${where}\n`, notes: notes.join(''), json, exitCode: 0 };
}

function toProposed({
  state,
  branch,
  commit,
  pullRequest,
}: NonNullable<DraftOutcome['proposed']>): NonNullable<AdvisoriesDraftOutput['proposed']> {
  return {
    state,
    branch,
    ...(commit === undefined ? {} : { commit }),
    ...(pullRequest ? { pullRequest: pullRequest.url } : {}),
  };
}

function toLine({ id, plugin, versions, severity, upstream, dependency }: DraftedRow): string {
  return toSingleLine(`${id} ${plugin} ${versions}: ${severity}, ${upstream[0] ?? ''} through ${dependency}`) + '\n';
}
