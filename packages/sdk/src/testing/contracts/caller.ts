/** Whose code asked for something: of all that called, what an author can look at. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
/** Libraries ask deep below those who use them. */
const FRAMES = 60;

/** `file:line:column` of the innermost call that is neither Node's, nor this SDK's, nor, if possible, of a dependency. */
export function callerOutside(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error('who called');
  Error.stackTraceLimit = stackTraceLimit;
  const places = stack.split('\n').flatMap((line) => placeOf(line) ?? []);
  return places.find((place) => !/[\\/]node_modules[\\/]/.test(place)) ?? places[0];
}

/** Of one line of a stack, `    at name (file:///folder/index.ts:1:2)`. */
function placeOf(line: string): string | undefined {
  const written = /(?:\(|at (?:async )?)((?:file:\/\/|[\\/]|[A-Za-z]:[\\/]).*:\d+:\d+)\)?$/.exec(line)?.[1];
  if (written === undefined) return undefined;
  const place = written.startsWith('file:') ? decodePath(written) : written;
  return place.startsWith(HERE) ? undefined : place;
}

function decodePath(url: string): string {
  const [, address = url, position = ''] = /^(.*?)(:\d+:\d+)$/.exec(url) ?? [];
  return `${fileURLToPath(address)}${position}`;
}
