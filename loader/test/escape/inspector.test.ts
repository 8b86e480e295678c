import inspector from 'node:inspector';
import { escapeTest } from '../support/escape.ts';

escapeTest('the inspector opens neither here nor in the host', {
  attempts: () => `
    import fs from 'node:fs';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const host = ${process.pid};
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      open: async () => { (await import('node:inspector')).open(0); },
      session: async () => { new (await import('node:inspector')).Session().connect(); },
      promises: async () => { new (await import('node:inspector/promises')).Session().connect(); },
      required: () => require('inspector').url(),
      builtin: () => process.getBuiltinModule('inspector').open(0),
      ofHost: () => process._debugProcess(host),
      bySignal: () => process.kill(process.pid, 'SIGUSR1'),
      ofHostBySignal: () => process.kill(host, 'SIGUSR1'),
      repl: async () => (await import('node:repl')).start(),
    };`,
  observe: () => inspector.url(),
});
