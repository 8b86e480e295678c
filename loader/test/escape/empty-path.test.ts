import { escapeTest } from '../support/escape.ts';
import { workDir } from '../support/project.ts';

escapeTest('a path that is configured as empty is not the project', {
  permissions: { filesystem: { read: ['${NOTES}', '${BLANK}'], write: ['${NOTES}'] } },
  config: { NOTES: '', BLANK: ' ' },
  attempts: () => `
    import fs from 'node:fs';
    // The project is one of these, another on each runtime.
    const projects = ['p1', 'p2', 'p3'].map((name) => ${JSON.stringify(workDir)} + '/' + name);
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
    };
    for (const project of projects) {
      attempts['list ' + project] = () => fs.readdirSync(project);
      attempts['read ' + project] = () => fs.readFileSync(project + '/ar.config.json', 'utf8');
      attempts['write ' + project] = () => fs.writeFileSync(project + '/new', 'x');
    }`,
  observe: ({ planted }) => [
    planted.log().includes('filesystem.read ${NOTES}: the value of NOTES is empty'),
    planted.log().includes('filesystem.read ${BLANK}: the value of BLANK is empty'),
  ],
  observed: [true, true],
});
