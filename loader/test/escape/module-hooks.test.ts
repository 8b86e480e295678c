import { escapeTest } from '../support/escape.ts';

escapeTest('a plugin puts no hooks of its own before those of the sandbox', {
  attempts: () => `
    import module, { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const toInspector = { resolve: () => ({ url: 'node:inspector', shortCircuit: true }), load: () => ({ format: 'builtin', shortCircuit: true }) };
    const usable = (inspector) => { new inspector.Session().connect(); return 'usable'; };
    export const attempts = {
      control: () => (require('node:module').isBuiltin('fs') ? 'works' : ''),
      hooks: async () => { module.registerHooks(toInspector); return usable(await import('anything')); },
      namedHooks: async () => { (await import('node:module')).registerHooks(toInspector); return usable(await import('anything')); },
      register: () => module.register('data:text/javascript,'),
      load: () => { module._load = () => require('node:inspector'); return usable(module._load('x')); },
      resolveFilename: () => { module._resolveFilename = () => 'node:inspector'; return usable(require('x')); },
      cache: () => { require.cache['node:inspector'] = undefined; return usable(require('node:inspector')); },
      extensions: () => { module._extensions['.js'] = (m) => { m.exports = require('node:repl'); }; return require('./attempts.js').start(); },
    };`,
});
