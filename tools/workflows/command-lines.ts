/** The command lines that stand in workflows and guides, and whether our own commands would understand them. */
import { findCommand } from '../../cli/src/find-command.ts';
import { COMMANDS as CLI_COMMANDS } from '../../cli/src/commands/index.ts';
import { parseArgs } from '../../cli/src/args.ts';
import { parseValues } from '../../scripts/src/args.ts';
import { COMMANDS as PIPELINE_COMMANDS } from '../../scripts/src/commands/index.ts';
import type { Workflow } from './read.ts';

/** How a workflow calls the pipeline: the one that was built in the checkout, never one from elsewhere. */
const PIPELINE = 'node_modules/.bin/ar-registry ';

/** The lines of shell that a workflow runs, continued ones joined. */
export function scriptLines({ jobs }: Workflow): readonly string[] {
  return jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => linesOf(run)));
}

/** The calls of the pipeline in a workflow, as `ar-registry …`. */
export function pipelineLines(workflow: Workflow): readonly string[] {
  return scriptLines(workflow)
    .filter((line) => line.startsWith(PIPELINE))
    .map((line) => `ar-registry ${line.slice(PIPELINE.length)}`);
}

/** The calls of `ar-registry` and `ar plugin` in the fenced blocks of a guide. */
export function guideLines(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```[a-z]*\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => linesOf(block))
    .map((line) => line.replace(/\s+#.*$/, ''))
    .filter((line) => /^(?:ar-registry|ar plugin) /.test(line));
}

/**
 * Parses a command line as the command itself would; nothing runs, and variables stand for themselves.
 *
 * @throws USAGE
 */
export async function parseCommandLine(line: string): Promise<void> {
  const [program, ...words] = wordsOf(line);
  if (program === 'ar-registry') return parsePipelineLine(words);
  const found = findCommand(words.slice(1), CLI_COMMANDS);
  if (found.kind !== 'command') throw new Error(`${line}: there is no such command.`);
  parseArgs(found.rest, (await found.entry.load()).help);
}

async function parsePipelineLine([name = '', ...args]: readonly string[]): Promise<void> {
  const load = Object.hasOwn(PIPELINE_COMMANDS, name) ? PIPELINE_COMMANDS[name] : undefined;
  if (!load) throw new Error(`There is no command ar-registry ${name}.`);
  parseValues(await load(), args);
}

/** The words of a simple command line: quotes are understood, nothing is expanded. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

function linesOf(script: string): readonly string[] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
