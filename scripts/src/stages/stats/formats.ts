/** Which format a log has, from how it begins. What a log says is a stranger's: it decides between known formats alone. */

export const LOG_FORMATS = ['nginx', 'nginx-json', 'caddy', 'cloudfront', 'cloudflare'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

export interface DetectedFormat {
  readonly format: LogFormat;
  /** The names of its columns, where the file says them: CloudFront's. */
  readonly fields: readonly string[];
}

/** Lines at the beginning of a log that are looked at: some may be broken. */
const LOOKED_AT = 50;

/**
 * @param head the beginning of a log
 * @param told what the operator says it is
 * @returns undefined for a format that is not known
 */
export function detectFormat(head: string, told: LogFormat | undefined): DetectedFormat | undefined {
  const lines = head.split('\n', LOOKED_AT).map((line) => line.trim());
  const fields = /^#Fields:\s*(.+)$/.exec(lines.find((line) => line.startsWith('#Fields:')) ?? '')?.[1]?.split(/\s+/);
  // Without that line nobody knows which column is which.
  if (told === 'cloudfront' || fields) return fields && { format: 'cloudfront', fields };
  const format = told ?? firstKnown(lines);
  return format && { format, fields: [] };
}

function firstKnown(lines: readonly string[]): LogFormat | undefined {
  for (const line of lines) {
    const format = line.startsWith('{') ? formatOfObject(line) : COMBINED.test(line) ? 'nginx' : undefined;
    if (format) return format;
  }
  return undefined;
}

const COMBINED = /^\S+ \S+ [^[]*\[[^\]]{20,40}\] "/;

function formatOfObject(line: string): LogFormat | undefined {
  const value = parseJson(line);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('EdgeStartTimestamp' in value) return 'cloudflare';
  if ('request_uri' in value) return 'nginx-json';
  return 'request' in value && typeof value.request === 'object' ? 'caddy' : undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a broken line; the next one may be whole
  }
}
