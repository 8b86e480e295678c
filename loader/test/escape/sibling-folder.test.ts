import { escapeTest } from '../support/escape.ts';
import type { Attempted } from '../support/sandbox.ts';

escapeTest('a folder whose name begins like an allowed one is not allowed', {
  attempts: () => `
    import fs from 'node:fs';
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      write: ({ dataDir }) => fs.writeFileSync(dataDir + '-other', 'x'),
      makeDir: ({ dataDir }) => fs.mkdirSync(dataDir + '2'),
      parent: ({ dataDir }) => fs.readdirSync(dataDir + '/..'),
      otherPlugin: ({ dataDir }) => fs.readFileSync(dataDir + '/../test__other/token', 'utf8'),
      logs: ({ dataDir }) => fs.readdirSync(dataDir + '/../../logs'),
      package: () => fs.readdirSync(new URL('../', import.meta.url)),
    };`,
  observe: ({ results }) => new Set(Object.values(results).map(codeOf).filter(Boolean)),
  observed: new Set(['ERR_ACCESS_DENIED']),
});

function codeOf(result: Attempted): string | undefined {
  return 'threw' in result ? result.threw.code : undefined;
}
