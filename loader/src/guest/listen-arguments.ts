/** The forms of `server.listen`. */

export interface AskedListen {
  readonly host?: string | undefined;
  readonly port: number;
  readonly backlog?: number | undefined;
  readonly ipv6Only?: boolean | undefined;
}

interface Read extends AskedListen {
  readonly callback: (() => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

interface ListenOptions {
  readonly [option: string]: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Reads `(port, host, backlog, callback)`, `(options, callback)` and what may be left out of them.
 *
 * @param refused throws: for paths, descriptors and handles, which are never listened on
 */
export function readListen(args: readonly unknown[], refused: () => never): Read {
  const callback = args.findLast((value) => typeof value === 'function') as (() => void) | undefined;
  const [first, ...rest] = args.filter((value) => typeof value !== 'function');
  const options = isObject(first) ? first : fromList(first, rest);
  if (OTHERS.some((name) => options[name] !== undefined && options[name] !== null)) refused();
  if (!('port' in options)) throw invalid('options', 'must have the property "port" or "path"');
  const { host, backlog, signal } = options;
  return {
    port: readPort(options['port']),
    ...(typeof host === 'string' && host !== '' ? { host } : {}),
    ...(Number(backlog) > 0 ? { backlog: Number(backlog) } : {}),
    ...(options['ipv6Only'] === true ? { ipv6Only: true } : {}),
    callback,
    signal,
  };
}

/** What else can be listened on. */
const OTHERS = ['path', 'fd', 'handle', '_handle'];

function isObject(value: unknown): value is ListenOptions {
  return typeof value === 'object' && value !== null;
}

function fromList(first: unknown, rest: readonly unknown[]): ListenOptions {
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first };
  return {
    port: first,
    host: rest.find((value) => typeof value === 'string'),
    backlog: rest.find((value) => typeof value === 'number'),
  };
}

function readPort(given: unknown): number {
  const port = given === undefined || given === null ? 0 : Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && given !== '') return port;
  throw Object.assign(new RangeError(`options.port should be >= 0 and < 65536. Received ${String(given)}.`), {
    code: 'ERR_SOCKET_BAD_PORT',
  });
}

function invalid(name: string, what: string): TypeError {
  return Object.assign(new TypeError(`The argument '${name}' ${what}`), { code: 'ERR_INVALID_ARG_VALUE' });
}
