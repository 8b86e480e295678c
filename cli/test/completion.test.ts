/** Completion in real shells. bash is everywhere; zsh and fish are asked where they are installed, as `npm test` does on Debian, PowerShell's grammar always. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { validator as isCompletion } from '@ar-registry/schemas/validators/cli/completion';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, PROGRAM, type Sandbox } from './support/ar.ts';
import { powershellFaults } from './support/powershell.ts';

/** A line up to the cursor → all that is offered there, complete. */
const OFFERED: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['ar plugin ins', ['install']],
  ['ar plugin owner ', ['add', 'list', 'remove']],
  ['ar plugin owner a', ['add']],
  ['ar plugin remove @a', ['@acme/hello']],
  ['ar plugin owner add @a', ['@acme/hello']],
  ['ar plugin search --typ', ['--type']],
  ['ar plugin search --type br', ['bridge']],
  ['ar plugin --registry x inst', ['install']],
  ['ar-plugin unyan', ['unyank']],
  ['ar help publi', ['publish', 'publishing']],
  ['ar completion z', ['zsh']],
  ['ar comp', ['completion']],
  ['ar u', ['up']],
  ['ar up --dry', ['--dry-run']],
  ['ar plugin logs --level wa', ['warn']],
  ['ar plugin health @a', ['@acme/hello']],
];

const QUOTED = PROGRAM.map((word) => `'${word}'`).join(' ');

let sandbox: Sandbox;
let env: { readonly PATH: string };

beforeAll(async () => {
  sandbox = createSandbox();
  const bin = path.join(sandbox.dir, 'bin');
  fs.mkdirSync(bin);
  for (const [name, words] of [
    ['ar', ''],
    ['ar-plugin', 'plugin'],
  ] as const) {
    const script = `#!/bin/sh\nexec ${QUOTED} ${words} "$@"\n`;
    fs.writeFileSync(path.join(bin, name), script, { mode: 0o755 });
  }
  env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const project = 'schemaVersion: 1\nplugins:\n  "@acme/hello": { range: "^1" }\n';
  fs.writeFileSync(path.join(sandbox.dir, 'ar-plugins.yaml'), project);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await sandbox.ar(['completion', shell]);
    fs.writeFileSync(path.join(sandbox.dir, `ar.${shell}`), stdout);
  }
});
afterAll(() => sandbox[Symbol.dispose]());

const FISH = process.env['FISH_PATH'] ?? 'fish';
const ZSH = process.env['ZSH_PATH'] ?? 'zsh';

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!has('bash'))(`in bash${has('bash') ? '' : ' (not installed)'}`, () => {
  it('offers what there is', async () => {
    const lines = OFFERED.map(([line]) => `offer '${line}'`).join('\n');
    const script = `source ./ar.bash
offer() {
  COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
  _ar_plugin
  printf '%s\\n' "\${COMPREPLY[*]}"
}
${lines}`;
    const { stdout, stderr } = await sandbox.start('bash', ['--norc', '-c', script], env).ended;
    expect(stderr).toBe('');
    const offers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').toSorted());
    expect(offers).toEqual(OFFERED.map(([, expected]) => expected));
  });

  it('cuts off what bash has for another word', async () => {
    const script = `source ./ar.bash
COMP_LINE='ar plugin remove @a' COMP_POINT=19 COMP_WORDBREAKS=' @='; _ar_plugin; printf '%s' "\${COMPREPLY[*]}"`;
    expect((await sandbox.start('bash', ['-c', script], env).ended).stdout).toBe('acme/hello');
  });

  it('leaves the archiver alone', async () => {
    const script = `source ./ar.bash
COMP_LINE='ar rcs lib' COMP_POINT=10; _ar_plugin; printf '%s' "\${#COMPREPLY[@]}"; complete -p ar`;
    expect((await sandbox.start('bash', ['-c', script], env).ended).stdout).toMatch(/^0complete -o default/);
  });
});

describe.skipIf(!has(FISH))(`in fish${has(FISH) ? '' : ' (not installed)'}`, () => {
  it('offers what there is', async () => {
    const lines = OFFERED.map(([line]) => `'${line}'`).join(' ');
    const script = `source ar.fish; for line in ${lines}; complete -C $line | string split -f1 \\t | string join ' '; end`;
    const { stdout } = await sandbox.start(FISH, ['--no-config', '-c', script], env).ended;
    const offers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').toSorted());
    expect(offers).toEqual(OFFERED.map(([, expected]) => expected));
  });
});

describe.skipIf(!has(ZSH))(`in zsh${has(ZSH) ? '' : ' (not installed)'}`, () => {
  const single = OFFERED.filter(([, offers]) => offers.length === 1);

  it('completes what is the only one, on a terminal', async () => {
    const asked = single.map(([line]) => `ask '${line}'`).join('\n');
    // Keys are pressed once the line editor says that it reads: before, they would be the terminal's to interpret.
    fs.writeFileSync(
      path.join(sandbox.dir, '.zshrc'),
      `PROMPT=
autoload -U compinit && compinit -D -u
source ./ar.zsh
reads() { print -r '[reads]' }
shows() { print -r "[line $BUFFER]"; BUFFER= }
zle -N zle-line-init reads
zle -N shows
bindkey '^T' shows
`,
    );
    const script = `zmodload zsh/zpty
zpty -b z env ZDOTDIR=. zsh -d -i
zpty -r z out '*\\[reads\\]*'
ask() {
  zpty -w -n z "$1"$'\\t\\x14'
  zpty -r z out '*\\[line *\\]*'
  print -r -- "\${(V)out}"
}
${asked}
zpty -d z`;
    const { stdout } = await sandbox.start(ZSH, ['-f', '-c', script], env).ended;
    const completed = [...stdout.matchAll(/\[line (.*?)\]/g)].map(([, line]) => line?.trimEnd());
    expect(completed).toEqual(single.map(([line, [offer = '']]) => line.replace(/\S*$/, offer)));
  });
});

describe('for PowerShell', () => {
  let script: string;

  beforeAll(async () => {
    script = (await sandbox.ar(['completion', 'powershell'])).stdout;
  });

  it('is a script that its grammar accepts', async () => {
    expect(await powershellFaults(script)).toEqual([]);
  });

  it.each([
    ['a block that is not closed', (whole: string) => whole.replace(/\}\s*$/, '')],
    ['a list that is not closed', (whole: string) => whole.replace("'powershell')", "'powershell'")],
    ['a text that is not closed', (whole: string) => whole.replace("'install'", "'install")],
    ['an operand that is missing', (whole: string) => whole.replace('-eq 0)', '-eq )')],
  ])('would be told of %s', async (_, broken) => {
    expect(broken(script)).not.toBe(script);
    expect(await powershellFaults(broken(script))).not.toEqual([]);
  });

  it('completes both names, and sets what it offers before it reads it: a variable of the session is none', () => {
    expect(script).toContain("Register-ArgumentCompleter -Native -CommandName 'ar', 'ar-plugin' -ScriptBlock {");
    const uses = script.match(/\$offers\b.*/g) ?? [];
    expect(uses[0]).toBe('$offers = @()');
  });
});

describe('the script', () => {
  it('is there for programs', async () => {
    const { stdout } = await sandbox.ar(['plugin', 'completion', 'powershell', '--json']);
    const result = isCompletion(JSON.parse(stdout));
    expect(result.ok && result.value.script).toContain('Register-ArgumentCompleter');
  });

  it.each([[[]], [['tcsh']]])('is a usage error for %j', async (shells) => {
    expect(errorCode(await sandbox.ar(['plugin', 'completion', ...shells]))).toBe('USAGE');
  });
});
