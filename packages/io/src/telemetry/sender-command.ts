/**
 * What sends: a program of Node.js beside this module. The standalone binary has another module in place of this one:
 * `tools/binary/replacements/sender-command.ts`.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program, its switches and the file: the same whether this is run from source, compiled or bundled. */
export function senderCommand(env: Readonly<Record<string, string | undefined>>): readonly [string, ...string[]] {
  const ending = path.extname(fileURLToPath(import.meta.url));
  const file = ending === '.cjs' ? './telemetry-sender.cjs' : `../telemetry-sender/main${ending}`;
  const authorities = (env['NODE_OPTIONS'] ?? '').split(/\s+/).filter((word) => /^--use-\w+-ca$/.test(word));
  return [
    process.execPath,
    ...(ending === '.ts' ? ['--conditions=ar-source'] : []),
    ...authorities,
    fileURLToPath(new URL(file, import.meta.url)),
  ];
}
