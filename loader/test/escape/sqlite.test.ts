import { readdirSync } from 'node:fs';
import { escapeTest } from '../support/escape.ts';

escapeTest('SQLite, which knows nothing of the permission model, is not there', {
  attempts: ({ dir }) => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const use = ({ DatabaseSync }) => {
      const database = new DatabaseSync(':memory:');
      database.exec("attach '" + ${JSON.stringify(dir)} + "/planted.db' as planted; create table planted.t (x)");
      return 'opened';
    };
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      imported: async () => use(await import('node:sqlite')),
      required: () => use(require('node:sqlite')),
      builtin: () => use(process.getBuiltinModule('node:sqlite')),
      loaded: () => use(module._load('node:sqlite')),
      storage: () => { localStorage.setItem('a', 'b'); return 'stored'; },
    };`,
  observe: ({ outside }) => readdirSync(outside.dir),
  observed: ['secret.txt'],
});
