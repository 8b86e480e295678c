import type { Use } from '../uses/index.ts';
import type { Evaluation } from '../values/evaluation.ts';
import { memberOf } from '../values/members.ts';
import { textOf } from '../values/value.ts';
import { nameOf, type Detector } from './detector.ts';

const WORKERS = new Set([
  'node:worker_threads Worker',
  'Worker',
  'SharedWorker',
  'npm:piscina',
  'npm:tinypool',
  'npm:workerpool',
]);

export const workers: Detector = {
  about: 'threads',
  check({ uses, report, evaluation }) {
    for (const use of uses) {
      if (!WORKERS.has(use.path.join(' ')) || use.how === 'tested') continue;
      if (use.isOrigin) report.need({ kind: 'workers', what: nameOf(use.path) }, use.node);
      if (runsText(use, evaluation)) report.need({ kind: 'codeGeneration', what: 'Worker of a text' }, use.node);
    }
  },
};

/** `new Worker(code, { eval: true })`, `new Worker('data:…')`. */
function runsText({ args }: Use, evaluation: Evaluation): boolean {
  const [code, options] = args ?? [];
  const evaluated = options && memberOf(options, 'eval', evaluation);
  const isUrl = code !== undefined && /^(?:data|blob):/i.test(textOf(code) ?? '');
  return isUrl || (evaluated !== undefined && !/^(?:undefined|false)$/.test(textOf(evaluated) ?? ''));
}
