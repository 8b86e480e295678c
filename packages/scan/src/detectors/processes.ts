import type { Use } from '../uses/index.ts';
import { alternatives, textOf, type SingleValue, type Value } from '../values/value.ts';
import { nameOf, type Detector, type DetectorInput } from './detector.ts';

const STARTERS = new Set([
  'node:child_process',
  'node:cluster',
  'node:test',
  'npm:execa',
  'npm:cross-spawn',
  'npm:shelljs',
  'npm:zx',
  'npm:tinyexec',
  'npm:nano-spawn',
  'npm:node-pty',
]);
const CONTROLS = new Set(
  'kill abort reallyExit binding _linkedBinding _kill setuid setgid seteuid setegid setgroups initgroups chdir umask send disconnect channel removeAllListeners _debugProcess _debugEnd _startProfilerIdleNotifier setUncaughtExceptionCaptureCallback loadEnvFile'.split(
    ' ',
  ),
);

export const processes: Detector = {
  about: 'node:child_process, node:cluster, node:test, packages that start programs, and acts on the own process',
  check(input) {
    const started = input.uses.filter(isStarter);
    const calls = started.filter(({ how }) => how === 'called');
    for (const use of calls) checkCall(use, input);
    // Imported and handed on, re-exported or wrapped: whoever gets it may start anything.
    const others = started.filter(({ how }) => how === 'passed' || how === 'element');
    const [first] = started;
    const untold = first && calls.length + others.length === 0 ? [first] : others;
    for (const { node } of untold) input.report.need({ kind: 'childProcess', name: undefined }, node);
    for (const use of input.uses) checkControl(use, input);
  },
};

function isStarter({ path, how, isOrigin }: Use): boolean {
  return STARTERS.has(path[0] ?? '') && !path.includes('()') && (isOrigin || how === 'called');
}

function checkCall({ path, args, node }: Use, { report }: DetectorInput): void {
  const method = path.at(-1) ?? '';
  if (method === 'fork' || path[0] === 'node:cluster' || path[0] === 'node:test')
    return report.need({ kind: 'childProcess', name: 'node' }, node);
  const isShell = /^exec(?:Sync)?$/.test(method);
  for (const name of commandsOf(args?.[0], isShell)) report.need({ kind: 'childProcess', name }, node);
}

/** Names of programs; undefined for one that is not told. */
function commandsOf(value: Value | undefined, isShell: boolean): readonly (string | undefined)[] {
  const given = (value ? alternatives(value) : []).filter((single) => !isNothing(single));
  return (given.length > 0 ? given : [undefined]).flatMap((single) => {
    const text = single && textOf(single);
    if (isShell) return single?.kind === 'prefix' ? [prefixCommand(single.text)] : shellCommands(text);
    return [text];
  });
}

/** A name that is not set yet is no name, if it is ever set. */
function isNothing(value: SingleValue): boolean {
  return value.kind === 'constant' && (value.value ?? '') === '';
}

/** The first word, if it is all there. What follows is not told, and may hold anything. */
function prefixCommand(text: string): string | undefined {
  return /^\s*([\w./+-]+)\s/.exec(text)?.[1];
}

/** What a shell would read further than as one program is one more. */
function shellCommands(text: string | undefined): readonly (string | undefined)[] {
  if (text === undefined) return [undefined];
  const command = /^\s*([\w./+-]+)(?=\s|$)/.exec(text)?.[1];
  return /[;&|<>$`()\n]/.test(text) ? [command, 'sh'] : [command];
}

function checkControl(use: Use, { report }: DetectorInput): void {
  const { path, node } = use;
  const [root, part] = path;
  if (root !== 'process' || part === undefined || path.length > 2) return;
  if (!use.isOrigin || use.how === 'tested') return;
  if (part === 'execve') report.need({ kind: 'childProcess', name: undefined }, node);
  if (part === 'exit') report.finding('PROCESS_ENDED', node, { what: nameOf(path) });
  if (CONTROLS.has(part) && !isAsking(use)) report.finding('PROCESS_CONTROLLED', node, { what: nameOf(path) });
}

/** `process.umask()` tells, `process.umask(0)` changes. */
function isAsking({ path, how, args }: Use): boolean {
  return path[1] === 'umask' && how === 'called' && args?.length === 0;
}
