/**
 * Says whether a log is whole. The files, oldest first, come by standard input, so that this program reads no file:
 *
 *   cat audit.log.2 audit.log.1 audit.log | node verify.js
 *   cat audit.log | node verify.js 1042:sha256:9f86…   # and whether this line, noted elsewhere, is in it
 *
 * The key is in AUDIT_CHAIN_KEY, as for the plugin. Ends with 0 where the log is whole, 1 where it is broken, and 2
 * for input that cannot be judged.
 */
import type { Head } from './chain.ts';
import { parseKeys } from './config.ts';
import { createLogVerifier, type Verdict } from './verify-log.ts';

const USAGE = 'Usage: cat audit.log.1 audit.log | node verify.js [<number>:<value>]\n';
const EXIT_CODES = { whole: 0, broken: 1, unusable: 2 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const anchor = parseAnchor(args[0]);
  if (args.length > 1 || (args.length === 1 && !anchor)) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    const keys = parseKeys(process.env['AUDIT_CHAIN_KEY']);
    const verdict = await verifyInput({ keys, ...(anchor && { anchor }) });
    (verdict.kind === 'whole' ? process.stdout : process.stderr).write(present(verdict));
    return EXIT_CODES[verdict.kind];
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function parseAnchor(text = ''): Head | undefined {
  const [, seq, chain] = /^(\d{1,15}):((?:sha256|hmac-[0-9a-f]{8}):[0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || chain === undefined ? undefined : { seq: Number(seq), chain };
}

async function verifyInput(options: Parameters<typeof createLogVerifier>[0]): Promise<Verdict> {
  const verifier = createLogVerifier(options);
  let parts: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      verifier.add(Buffer.concat([...parts, chunk.subarray(start, end)]));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) verifier.add(Buffer.concat(parts), true);
  return verifier.end();
}

function present(verdict: Verdict): string {
  if (verdict.kind === 'unusable') return `cannot be judged: ${verdict.problem}\n`;
  if (verdict.kind === 'broken') return `broken at line ${verdict.line}: ${verdict.problem}\n`;
  const { first, last, bytesBefore, lastUnkeyed, cuts, closed } = verdict;
  const lines = [
    `whole: numbers ${first} to ${last.seq}`,
    `  last line: ${last.seq}:${last.chain}`,
    ...(bytesBefore > 0 ? [`  ${bytesBefore} bytes before the chain begins are not covered by it`] : []),
    ...(lastUnkeyed > 0
      ? [`  numbers up to ${lastUnkeyed} are not under a key, and may have been forged before the next one`]
      : []),
    ...(cuts > 0
      ? [`  ${cuts} time(s) something else was in the file, such as a line that a crash cut off, as the chain tells`]
      : []),
    ...(closed
      ? []
      : ['  the log was not closed: it is being written, or the daemon was killed, or lines after it are missing']),
  ];
  return `${lines.join('\n')}\n`;
}
