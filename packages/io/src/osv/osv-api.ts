/**
 * OSV's own API, for who can reach it and has no snapshot: asked by name, because the versions are matched here, by the
 * same rules as those of a snapshot.
 *
 * @source https://google.github.io/osv.dev/post-v1-querybatch/, https://google.github.io/osv.dev/get-v1-vulns/
 */
import { ArError } from '@ar-registry/core/errors';
import type { AdvisorySource } from '@ar-registry/core/osv';
import type { OsvRecord } from '@ar-registry/schemas';
import pLimit from 'p-limit';
import { httpGet, httpPost } from '../api-client/http.ts';
import { shown } from '../api-client/report.ts';
import type { AdvisoryOptions } from './open-advisories.ts';

const MEBIBYTE = 1024 * 1024;
/** @source https://google.github.io/osv.dev/post-v1-querybatch/ ("up to 1000 queries") */
const QUERIES_AT_ONCE = 1000;
const MAX_PAGES = 50;
const MAX_RECORDS = 2000;
const REQUESTS_AT_ONCE = 8;

interface Query {
  readonly name: string;
  readonly page_token?: string;
}

type Ask = (path: string, json?: string) => Promise<unknown>;

/** @param address of `querybatch`; the records are asked for beside it */
export function createOsvApi(address: string, options: AdvisoryOptions): AdvisorySource {
  const base = address.replace(/\/querybatch\/?$/, '');
  return {
    snapshot: async () => ({ source: shown(base), takenAt: options.now().toISOString() }),
    find: async (names, signal = new AbortController().signal) => {
      const ask = createAsk(base, options, signal);
      const idsByName = await queryIds([...new Set(names)], ask, shown(base));
      const ids = [...new Set([...idsByName.values()].flat())];
      if (ids.length > MAX_RECORDS) throw invalid(shown(base), `it names more than ${MAX_RECORDS} vulnerabilities`);
      const records = new Map(await fetchRecords(ids, ask, shown(base)));
      return new Map([...idsByName].map(([name, own]) => [name, own.flatMap((id) => records.get(id) ?? [])] as const));
    },
  };
}

function createAsk(base: string, { userAgent, timeoutMs = 30_000 }: AdvisoryOptions, signal: AbortSignal): Ask {
  return async (path, json) => {
    const headers = { 'user-agent': userAgent, 'accept-encoding': 'gzip' };
    const request = { url: `${base}/${path}`, headers, limitBytes: 32 * MEBIBYTE, timeoutMs, signal };
    const { url, status, body } = await (json === undefined ? httpGet(request) : httpPost({ ...request, json }));
    if (status !== 200) throw new ArError('REGISTRY_STATUS', { url: shown(url), status });
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) throw invalid(shown(url), 'it is not JSON');
      throw error;
    }
  };
}

async function queryIds(
  names: readonly string[],
  ask: Ask,
  url: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  let open: readonly Query[] = names.map((name) => ({ name }));
  for (let page = 0; open.length > 0; page += 1) {
    if (page === MAX_PAGES) throw invalid(url, 'its list of vulnerabilities does not end');
    const [now, later] = [open.slice(0, QUERIES_AT_ONCE), open.slice(QUERIES_AT_ONCE)];
    const queries = now.map(({ name, ...token }) => ({ package: { ecosystem: 'npm', name }, ...token }));
    const results = resultsOf(await ask('querybatch', JSON.stringify({ queries })), now.length, url);
    const next = results.flatMap(({ ids, token }, index): readonly Query[] => {
      const name = now[index]?.name ?? '';
      found.set(name, [...(found.get(name) ?? []), ...ids]);
      return token === undefined ? [] : [{ name, page_token: token }];
    });
    open = [...next, ...later];
  }
  return found;
}

interface QueryResult {
  readonly ids: readonly string[];
  readonly token: string | undefined;
}

/** One result for each query, in their order: fewer are no answer. */
function resultsOf(answer: unknown, expected: number, url: string): readonly QueryResult[] {
  const results = asObject(answer)['results'];
  if (!Array.isArray(results) || results.length !== expected) throw invalid(url, 'it does not answer each query');
  return results.map((result: unknown) => {
    const { vulns, next_page_token: token } = asObject(result);
    const ids = (Array.isArray(vulns) ? vulns : []).map((vuln: unknown) => asObject(vuln)['id']);
    return {
      ids: ids.filter((id): id is string => typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id)),
      token: typeof token === 'string' && token !== '' ? token : undefined,
    };
  });
}

async function fetchRecords(
  ids: readonly string[],
  ask: Ask,
  url: string,
): Promise<readonly (readonly [string, OsvRecord])[]> {
  const { validator } = await import('@ar-registry/schemas/validators/osv-record');
  return pLimit(REQUESTS_AT_ONCE).map([...ids], async (id) => {
    const result = validator(await ask(`vulns/${encodeURIComponent(id)}`));
    if (!result.ok) throw invalid(url, `the vulnerability ${id} is not valid`);
    return [id, result.value] as const;
  });
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function invalid(url: string, problem: string): ArError {
  return new ArError('REGISTRY_RESPONSE_INVALID', { url, problem });
}
