import { escapeTest } from '../support/escape.ts';

escapeTest('raw bindings of the runtime are out of reach', {
  attempts: ({ secretFile }) => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      binding: () => process.binding('fs').open(${JSON.stringify(secretFile)}, 0, 0),
      natives: () => Object.keys(process.binding('natives')).length,
      spawn: () => new (process.binding('process_wrap').Process)(),
      linked: () => process._linkedBinding('fs'),
      named: async () => (await import('node:process')).binding('fs'),
      dlopen: () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'),
      internal: () => require('internal/bootstrap/realm'),
      internalNode: () => require('node:internal/modules/cjs/loader'),
      prototype: () => Object.getPrototypeOf(process).binding('fs'),
      main: () => process.mainModule.constructor._load('internal/test/binding'),
      handles: () => process._getActiveHandles().length,
      execve: () => process.execve('/bin/sh', ['sh', '-c', 'true']),
    };`,
});
