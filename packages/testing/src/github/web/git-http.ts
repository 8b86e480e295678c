/** `<webUrl>/<owner>/<repo>.git`: the repositories over HTTP, spoken by git itself. */
import { spawn } from 'node:child_process';
import type http from 'node:http';
import { actsAs, authenticate } from '../access.ts';
import { Refusal } from '../answer.ts';
import { gitEnvironment } from '../git/run.ts';
import { syncPulls } from '../pulls.ts';
import { findRepository, type Repository, type State, type Token } from '../state.ts';

const PATH = /^\/(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?(?<rest>\/(?:info\/refs|git-upload-pack|git-receive-pack))$/;

export interface GitRequest {
  readonly repository: Repository | undefined;
  /** Below the repository. */
  readonly rest: string;
  readonly writes: boolean;
}

/** Undefined when the address is none of git's. */
export function matchGit(state: State, url: URL): GitRequest | undefined {
  const groups = PATH.exec(url.pathname)?.groups;
  if (!groups) return undefined;
  const rest = groups['rest'] ?? '';
  return {
    repository: findRepository(state, `${groups['owner']}/${groups['repo']}`),
    rest,
    writes: rest === '/git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack',
  };
}

/** Answers a request of git: reading is free where a repository is public, pushing takes a token that may. */
export async function serveGit(
  state: State,
  asked: GitRequest,
  { request, response, url }: { request: http.IncomingMessage; response: http.ServerResponse; url: URL },
): Promise<void> {
  const status = refusalStatus(state, asked, request.headers.authorization);
  const { repository } = asked;
  if (status !== undefined || !repository) {
    response.writeHead(status ?? 404, status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {});
    request.resume();
    response.end();
    return;
  }
  await syncPulls(state, repository);
  await runBackend(repository, asked, { request, response, url });
  if (asked.writes) {
    repository.pushedAt = state.clock.now();
    await syncPulls(state, repository);
  }
  response.end();
}

function refusalStatus(
  state: State,
  { repository, writes }: GitRequest,
  authorization: string | undefined,
): number | undefined {
  const token = tokenOf(state, authorization);
  if (token === 'unknown') return 401;
  // What cannot be seen without a token may be there for one who has one.
  if (!repository || !actsAs(token, repository, 'read')) return token ? 404 : 401;
  if (!writes) return undefined;
  if (!token) return 401;
  return mayPush(token, repository) ? undefined : 403;
}

function mayPush(token: Token, repository: Repository): boolean {
  const permitted = token.limitedTo ? token.limitedTo.permissions.contents === 'write' : true;
  return permitted && actsAs(token, repository, 'write');
}

function tokenOf(state: State, authorization: string | undefined): Token | undefined | 'unknown' {
  try {
    return authenticate(state, authorization);
  } catch (error) {
    if (error instanceof Refusal) return 'unknown';
    throw error;
  }
}

/** Leaves the response open: what a push has changed is looked at before its answer ends. */
function runBackend(
  repository: Repository,
  { rest }: GitRequest,
  { request, response, url }: { request: http.IncomingMessage; response: http.ServerResponse; url: URL },
): Promise<void> {
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', 'http-backend'], {
    env: {
      ...gitEnvironment(process.env),
      GIT_PROJECT_ROOT: repository.gitDir,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: rest,
      REMOTE_USER: 'double',
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: request.headers['content-length'] }),
      ...(request.headers['content-encoding'] === undefined
        ? {}
        : { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  // A client that goes away takes its process along.
  response.on('close', () => child.kill());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
    let head = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (response.headersSent) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString('latin1'));
      response.write(head.subarray(end + 4));
    });
  });
}

/** The head of a CGI answer, whose `Status` is the status. */
function writeHead(response: http.ServerResponse, head: string): void {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  response.writeHead(status, headers);
}
