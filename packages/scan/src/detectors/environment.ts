import { textOf } from '../values/value.ts';
import type { Use } from '../uses/index.ts';
import { frameOf } from '../values/evaluation.ts';
import type { Detector, DetectorInput } from './detector.ts';

/** Conventions that carry no secret, and that common code asks for. */
const HARMLESS = new Set([
  'NODE_ENV',
  'DEBUG',
  'NO_COLOR',
  'FORCE_COLOR',
  'CI',
  'TZ',
  'LANG',
  'LC_ALL',
  'TERM',
  'COLORTERM',
]);

export const environment: Detector = {
  about: 'environment variables',
  check(input) {
    for (const use of input.uses) {
      const [root, part, name] = use.path;
      if (root !== 'process' || part !== 'env') continue;
      if (name === undefined) checkWhole(use, input);
      else if (name === '*') input.report.need({ kind: 'env', name: undefined }, use.node);
      else if (use.isOrigin && !HARMLESS.has(name)) input.report.need({ kind: 'env', name }, use.node);
    }
  },
};

/** `'HOME' in process.env` asks for one variable; whoever gets the environment itself may read all. */
function checkWhole({ node, how, isOrigin }: Use, { source, evaluation, report }: DetectorInput): void {
  const parent = source.parentOf(node);
  const isAsked = parent?.type === 'BinaryExpression' && parent.operator === 'in';
  if (isAsked) report.need({ kind: 'env', name: textOf(evaluation.of(parent.left, frameOf(source))) }, node);
  else if (how === 'passed' && isOrigin) report.need({ kind: 'env', name: undefined }, node);
}
