import { escapeTest } from '../support/escape.ts';

escapeTest('/proc gives away neither files nor variables, nor memory', {
  attempts: ({ secretFile }) => `
    import fs from 'node:fs';
    const host = ${process.pid};
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      ownEnvironment: () => fs.readFileSync('/proc/self/environ', 'utf8'),
      hostEnvironment: () => fs.readFileSync('/proc/' + host + '/environ', 'utf8'),
      parentEnvironment: () => fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8'),
      root: () => fs.readFileSync('/proc/self/root' + ${JSON.stringify(secretFile)}, 'utf8'),
      cwd: () => fs.readFileSync('/proc/self/cwd/../../../../../../../../..' + ${JSON.stringify(secretFile)}, 'utf8'),
      memory: () => fs.openSync('/proc/self/mem', 'r+'),
      hostMemory: () => fs.openSync('/proc/' + host + '/mem', 'r+'),
      descriptors: () => fs.readdirSync('/proc/self/fd'),
      hostDescriptors: () => fs.readlinkSync('/proc/' + host + '/fd/1'),
      reopen: () => fs.openSync('/proc/self/fd/3'),
      maps: () => fs.readFileSync('/proc/self/maps', 'utf8'),
    };`,
});
