import type { ProblemDocument } from '@ar-registry/schemas';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** @source RFC 9457 (problem details) */
export function problem(
  status: number,
  code: string,
  ...[detail, headers = {}]: [string, Readonly<Record<string, string>>?]
): Response {
  const document: ProblemDocument = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, code };
  return new Response(`${JSON.stringify(document)}\n`, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}
