import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeTest } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const attempts = (): string => `
  import vm from 'node:vm';
  const AsyncFunction = (async () => {}).constructor;
  const GeneratorFunction = (function* () {}).constructor;
  export const attempts = {
    control: () => [1].map((one) => 'works').join(''),
    eval: () => eval('1'),
    indirectEval: () => (0, eval)('1'),
    Function: () => new Function('return 1')(),
    constructor: () => (() => {}).constructor('return 1')(),
    AsyncFunction: () => new AsyncFunction('return 1')(),
    GeneratorFunction: () => new GeneratorFunction('yield 1')().next().value,
    reflect: () => Reflect.construct(Function, ['return 1'])(),
    vm: () => vm.runInThisContext('1'),
    vmNew: () => vm.runInNewContext('1'),
    vmScript: () => new vm.Script('1').runInThisContext(),
    vmCompile: () => vm.compileFunction('return 1')(),
  };`;

escapeTest('no code is made from text without the permission', { attempts });

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('a plugin with the permission makes code from text', async () => {
    await using planted = await plantPlugin({ node, attempts: attempts(), permissions: { codeGeneration: true } });
    expect(await planted.attempt()).toMatchObject({
      eval: { returned: 1 },
      Function: { returned: 1 },
      vm: { returned: 1 },
    });
  });
});
