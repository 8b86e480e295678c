/** The hosts besides the API: github.com itself, and the storage that downloads come from. None of it is described. */
import type { Answer } from '../answer.ts';
import { refusalOf, type Faults } from '../faults.ts';
import type { Host, Outcome, Received, Streaming } from '../http.ts';
import { publicHeaders, type LoggedRequest } from '../journal.ts';
import type { State } from '../state.ts';
import type { DeviceHost } from './device.ts';
import { answerDownload, answerStorage } from './downloads.ts';
import { matchGit, serveGit } from './git-http.ts';

export interface WebPorts {
  readonly state: State;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  readonly device: DeviceHost;
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onBug: (error: unknown) => void;
}

export function createWebHost(ports: WebPorts): Host {
  return (received) =>
    answer(ports, { host: 'web', received }, async () => {
      const { state, device } = ports;
      return device.answer(received) ?? answerDownload(state, received) ?? { status: 404, body: 'Not Found' };
    });
}

export function createStorageHost(ports: WebPorts): Host {
  return (received) => answer(ports, { host: 'storage', received }, () => answerStorage(ports.state, received));
}

/** git's requests are answered while they still come in. */
export function createGitStreaming({ state, faults, requests, exclusively, onBug }: WebPorts): Streaming {
  return (request, response, url) => {
    const asked = matchGit(state, url);
    if (!asked) return false;
    const method = request.method ?? 'GET';
    const entry = toEntry('web', { method, url, headers: request.headers });
    requests.push(entry);
    response.on('finish', () => void (entry.status = response.statusCode));
    const struck = faults.strike(method, url.pathname);
    if (struck) {
      const refusal = refusalOf(state, struck.fault);
      if (refusal) response.writeHead(refusal.status, refusal.headers).end();
      else request.socket.destroy();
      return true;
    }
    exclusively(() => serveGit(state, asked, { request, response, url })).catch((error: unknown) => {
      onBug(error);
      response.destroy();
    });
    return true;
  };
}

interface Incoming {
  readonly host: 'web' | 'storage';
  readonly received: Received;
}

async function answer(ports: WebPorts, incoming: Incoming, perform: () => Promise<Answer>): Promise<Outcome> {
  const { received, host } = incoming;
  const entry = toEntry(host, received);
  ports.requests.push(entry);
  const struck = ports.faults.strike(received.method, received.url.pathname);
  if (struck?.fault.with === 'drop-connection') return { kind: 'cut' };
  const refusal = struck && refusalOf(ports.state, struck.fault);
  const given: Answer = refusal
    ? { status: refusal.status, body: { message: refusal.message }, headers: refusal.headers }
    : await perform();
  if (struck?.fault.with === 'slow') await struck.released;
  if (struck?.fault.with === 'drop-after-effect') return { kind: 'cut' };
  entry.status = given.status;
  return { kind: 'answer', answer: given };
}

/** Bodies of these hosts hold device codes and packs, and are not logged. */
function toEntry(host: LoggedRequest['host'], { method, url, headers }: Omit<Received, 'bytes'>): LoggedRequest {
  return {
    host,
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: publicHeaders(headers),
    body: undefined,
    login: undefined,
    status: undefined,
  };
}
