/** What has been asked of the double, and what was wrong with it. */
import type { Received } from './http.ts';

export interface LoggedRequest {
  readonly host: 'api' | 'upload' | 'web' | 'storage';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Without what authorizes: see `login` for that. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined for other bodies. */
  readonly body: unknown;
  /** Whose token it carried. */
  readonly login: string | undefined;
  /** Undefined: the connection was cut instead. */
  status: number | undefined;
}

export interface Violation {
  /** `request`: our client is wrong. `answer`, `bug`: the double is. */
  readonly side: 'request' | 'answer' | 'bug';
  readonly method: string;
  readonly path: string;
  /** One sentence each. */
  readonly problems: readonly string[];
}

const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Headers as text, without those that authorize. */
export function publicHeaders(headers: Received['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || SECRET.has(name) ? [] : [[name, String(value)] as const],
    ),
  );
}

/** Undefined when it is not JSON, or nothing. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function presentViolation({ side, method, path, problems }: Violation): string {
  const who = {
    request: 'A request is not',
    answer: 'An answer of the double is not',
    bug: 'The double has a bug, not',
  };
  return `${who[side]} as GitHub describes: ${method} ${path}\n${problems.map((one) => `  ${one}`).join('\n')}`;
}
