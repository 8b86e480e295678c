/**
 * What happens to a request to `apiUrl` or `uploadUrl`, in the order in which GitHub does it: who is it from, is it one
 * too many, what does it ask, may they, do it. Comparison with the description comes on top.
 */
import { authenticate, authorize } from './access.ts';
import { emptyRepository, notFound, Refusal, refusalBody, type Answer } from './answer.ts';
import { objectOf } from './body.ts';
import { refusalOf, type Faults, type Struck } from './faults.ts';
import type { Outcome, Received } from './http.ts';
import { parseJson, publicHeaders, type LoggedRequest, type Violation } from './journal.ts';
import type { OpenApiValidator } from './openapi/validator.ts';
import { syncPulls } from './pulls.ts';
import type { RateLimits } from './rate-limits.ts';
import { decodeSafely, type Context, type Match } from './route.ts';
import { findRepository, type Repository, type State, type Token } from './state.ts';

export interface Api {
  readonly state: State;
  readonly validator: OpenApiValidator;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly requests: LoggedRequest[];
  readonly violations: Violation[];
  readonly find: (method: string, path: string) => Match | undefined;
  /** One request after the other: the double keeps no invariants across interleaved ones. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A request, with all that is known of it before it is done. */
interface Asked {
  readonly received: Received;
  readonly match: Match | undefined;
  readonly json: unknown;
}

export async function answerApi(api: Api, host: 'api' | 'upload', received: Received): Promise<Outcome> {
  const { method, url } = received;
  const path = decodeSafely(url.pathname);
  const asked: Asked = { received, match: api.find(method, url.pathname), json: parseJson(received.bytes) };
  const entry = toEntry(api, asked, { host, path });
  api.requests.push(entry);
  const struck = api.faults.strike(method, path);
  if (struck?.fault.with === 'drop-connection') return { kind: 'cut' };
  const answer = await answerWith(api, asked, struck);
  if (struck?.fault.with === 'slow') await struck.released;
  if (struck?.fault.with === 'drop-after-effect') return { kind: 'cut' };
  entry.status = answer.status;
  return { kind: 'answer', answer };
}

async function answerWith(api: Api, asked: Asked, struck: Struck | undefined): Promise<Answer> {
  const fault = struck && refusalOf(api.state, struck.fault);
  // Also what is refused has to be asked as described.
  const problems = compareRequest(api, asked);
  if (problems.length > 0) return { status: 400, body: { message: problems.join('\n'), status: '400' } };
  const answer = fault ? toAnswer(api, asked, fault) : await attempt(api, asked);
  compareAnswer(api, asked, answer);
  return { ...answer, headers: { ...headersOf(api, asked.received), ...answer.headers } };
}

async function attempt(api: Api, asked: Asked): Promise<Answer> {
  try {
    return await api.exclusively(() => perform(api, asked));
  } catch (error) {
    if (error instanceof Refusal) return toAnswer(api, asked, error);
    throw error;
  }
}

async function perform(api: Api, { received, match, json }: Asked): Promise<Answer> {
  const { state } = api;
  if (received.headers['user-agent'] === undefined)
    throw new Refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent.',
    );
  const token = authenticate(state, received.headers.authorization);
  const refusal = api.limits.count(token);
  if (refusal) throw refusal;
  if (!match) throw notFound();
  const { found, parameters } = match;
  const context: Context = {
    state,
    token,
    url: received.url,
    parameters,
    headers: received.headers,
    body: objectOf(json),
    bytes: received.bytes,
  };
  if (found.kind === 'global') {
    authorize(token, found, undefined);
    return found.route.handle(context);
  }
  const repository = findRepository(state, `${parameters['owner']}/${parameters['repo']}`);
  if (!repository) throw notFound();
  authorize(token, found, repository);
  refuseUnready(repository, found.route.path);
  await syncPulls(state, repository);
  const answer = await found.route.handle({ ...context, repository });
  if (received.method !== 'GET') await syncPulls(state, repository);
  return answer;
}

/** The repository itself is there at once; what is in it comes later. */
function refuseUnready(repository: Repository, path: string): void {
  if (repository.notReadyFor <= 0 || path === '/repos/{owner}/{repo}') return;
  repository.notReadyFor -= 1;
  throw emptyRepository();
}

function compareRequest(api: Api, { received, match, json }: Asked): readonly string[] {
  const { method, url, headers, bytes } = received;
  const problems = match
    ? api.validator.checkRequest({
        method,
        template: match.found.route.path,
        parameters: match.parameters,
        query: url.searchParams,
        body: json,
        contentType: bytes.length > 0 ? (headers['content-type'] ?? 'none') : undefined,
      })
    : [describeUnknown(api, received)];
  if (problems.length > 0) api.violations.push({ side: 'request', method, path: url.pathname, problems });
  return problems;
}

function describeUnknown({ validator }: Api, { method, url }: Received): string {
  const template = validator.templateOf(url.pathname);
  if (template === undefined) return 'GitHub describes no such path.';
  return validator.isDescribed(method, template)
    ? `The double has no ${method} ${template} yet.`
    : `GitHub describes no ${method} for ${template}.`;
}

function compareAnswer(api: Api, { received, match }: Asked, { status, body }: Answer): void {
  if (!match) return;
  const { method, url } = received;
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
  const problems = api.validator.checkAnswer({
    method,
    template: match.found.route.path,
    status,
    body: isJson ? body : undefined,
  });
  if (problems.length > 0) api.violations.push({ side: 'answer', method, path: url.pathname, problems });
}

function toAnswer(api: Api, { received, match }: Asked, refusal: Refusal): Answer {
  const documentation = match && api.validator.documentationUrl(received.method, match.found.route.path);
  return { status: refusal.status, body: refusalBody(refusal, documentation), headers: refusal.headers };
}

function headersOf(api: Api, { headers }: Received): Readonly<Record<string, string>> {
  const token = knownToken(api.state, headers.authorization);
  return {
    'x-github-request-id': `D0B1:${api.state.nextId()}`,
    'x-github-media-type': 'github.v3; format=json',
    ...(token ? { 'x-oauth-scopes': token.scopes.join(', ') } : {}),
    ...api.limits.headers(token),
  };
}

function toEntry(api: Api, { received, json }: Asked, place: Pick<LoggedRequest, 'host' | 'path'>): LoggedRequest {
  return {
    ...place,
    method: received.method,
    query: Object.fromEntries(received.url.searchParams),
    headers: publicHeaders(received.headers),
    body: json,
    login: knownToken(api.state, received.headers.authorization)?.account.login,
    status: undefined,
  };
}

/** For the log and the headers: a token that is not known is nobody's. */
function knownToken(state: State, authorization: string | undefined): Token | undefined {
  try {
    return authenticate(state, authorization);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
