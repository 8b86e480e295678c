import { escapeTest } from '../support/escape.ts';

escapeTest('code is not imported from text', {
  files: { 'own.js': `export default 'works';`, 'own.json': '{}' },
  attempts: ({ secretFile }) => `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    export const attempts = {
      control: async () => (await import('./own.js')).default,
      data: async () => (await import('data:text/javascript,export default 1')).default,
      dataBase64: async () => (await import('data:text/javascript;base64,' + btoa('export default 1'))).default,
      upperCase: async () => (await import('DATA:text/javascript,export default 1')).default,
      dataJson: async () => (await import('data:application/json,1', { with: { type: 'json' } })).default,
      resolved: async () => (await import(import.meta.resolve('data:text/javascript,export default 1'))).default,
      blob: async () => (await import(URL.createObjectURL(new Blob(['export default 1'], { type: 'text/javascript' })))).default,
      web: async () => (await import('https://example.com/x.js')).default,
      required: () => require('data:text/javascript,module.exports = 1'),
      outside: () => import(${JSON.stringify(secretFile)}),
      outsideUrl: () => import(${JSON.stringify(`file://${secretFile}`)}),
      outsideRequired: () => require(${JSON.stringify(secretFile)}),
      outsideJson: () => import(${JSON.stringify(secretFile)}, { with: { type: 'json' } }),
    };`,
});
