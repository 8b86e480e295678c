import type { Use } from '../uses/index.ts';
import { nameOf, type Detector } from './detector.ts';

/** What can do much in few words, so that nobody may take it as a whole without saying what for. */
const WHOLE = new Set([
  'process',
  'this',
  'arguments',
  'node:fs',
  'node:fs promises',
  'node:net',
  'node:http',
  'node:https',
  'node:worker_threads',
  'node:v8',
]);

export const globals: Detector = {
  about: 'the global object, process and modules of Node, handed on as a whole or used by a name that is not told',
  check({ uses, report }) {
    for (const use of uses) {
      const owner = use.path.at(-1) === '*' ? use.path.slice(0, -1) : use.path;
      if (isTakenAsWhole(use) && isGrave(owner))
        report.finding('GLOBALS_UNDETERMINED', use.node, { what: nameOf(owner) });
    }
  },
};

function isTakenAsWhole({ path, how, isOrigin }: Use): boolean {
  return path.at(-1) === '*' ? how === 'element' : how === 'passed' && isOrigin;
}

function isGrave(path: readonly string[]): boolean {
  const name = path.join(' ');
  return path.length === 0 || WHOLE.has(name);
}
