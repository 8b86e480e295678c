import { escapeTest } from '../support/escape.ts';

escapeTest('what belongs to the project, to the daemon and to other plugins is not read', {
  attempts: () => `
    import fs from 'node:fs';
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      messages: ({ dataDir }) => fs.readFileSync(dataDir + '/../../../messages.sqlite'),
      agents: ({ dataDir }) => fs.readdirSync(dataDir + '/../../../team'),
      ownLog: ({ dataDir }) => fs.readFileSync(dataDir + '/../../logs/test__hostile.log', 'utf8'),
      forgedLog: ({ dataDir }) => fs.appendFileSync(dataDir + '/../../logs/loader.log', 'x'),
      store: () => fs.readdirSync(new URL('../../', import.meta.url)),
      storeEntry: () => fs.readFileSync(new URL('../ar-store.json', import.meta.url), 'utf8'),
      loader: () => fs.readFileSync(process.argv[1].replace(/guest.main.ts$/, 'loader.ts'), 'utf8'),
      configuration: ({ dataDir }) => fs.readFileSync(dataDir + '/../../../../../p1/ar.config.json', 'utf8'),
      home: () => fs.readdirSync('/root'),
      keys: () => fs.readFileSync('/root/.ssh/id_rsa'),
      passwords: () => fs.readFileSync('/etc/passwd', 'utf8'),
      resolver: () => fs.readFileSync('/etc/resolv.conf', 'utf8'),
      temporary: () => fs.readdirSync('/tmp'),
    };`,
});
