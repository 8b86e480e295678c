/** Provenance against an authority of our own: what it takes, and what it does not. */
import { readTrustedRoot, verifyProvenance, type TrustedRoot } from '@ar-registry/io/provenance';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CLAIM,
  WORKFLOW,
  createAuthority,
  statementOf,
  type Authority,
  type BundleParts,
} from '@ar-registry/testing/sigstore';

let authority: Authority;
let root: TrustedRoot;

beforeAll(async () => {
  authority = await createAuthority();
  root = rootOf(authority);
});

function rootOf({ root: text }: Authority): TrustedRoot {
  const found = readTrustedRoot(text);
  if (!found) throw new Error(text);
  return found;
}

async function judge(parts: Partial<BundleParts> = {}, claim = CLAIM) {
  const bundle = await authority.bundle({ statement: statementOf(), ...parts });
  return verifyProvenance(JSON.stringify(bundle), claim, root);
}

const subject = (digest: object) => statementOf({ subject: [{ name: 'hello.tgz', digest }] });

describe('a provenance', () => {
  it('of the archive, the repository and the commit is taken, and tells who built it', async () => {
    expect(await judge()).toEqual({
      ok: true,
      provenance: {
        repository: CLAIM.repository,
        commit: CLAIM.commit,
        workflow: WORKFLOW,
        issuer: 'https://token.actions.githubusercontent.com',
        predicateType: 'https://slsa.dev/provenance/v1',
        builder: 'https://github.com/actions/runner',
        loggedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      },
    });
  });

  it('may name the archive by either hash, and the repository with .git', async () => {
    expect(await judge({ statement: subject({ sha256: CLAIM.sha256 }) })).toMatchObject({ ok: true });
    for (const repository of ['https://GitHub.com/acme/hello.git', 'git@github.com:acme/hello.git'])
      expect(await judge({}, { ...CLAIM, repository })).toMatchObject({ ok: true });
  });

  it.each<[string, Partial<BundleParts>, RegExp]>([
    ['another archive', { statement: subject({ sha512: '0'.repeat(128) }) }, /another archive/],
    [
      'one right hash and one wrong',
      { statement: subject({ sha512: CLAIM.sha512, sha256: '0'.repeat(64) }) },
      /another archive/,
    ],
    ['an archive without a hash', { statement: subject({}) }, /another archive/],
    ['no archive at all', { statement: statementOf({ subject: [] }) }, /another archive/],
    ['another kind of statement', { statement: statementOf({ predicateType: 'https://example.com/v1' }) }, /slsa\.dev/],
    ['no statement', { statement: [] }, /slsa\.dev/],
    ['a workflow of another repository', { repository: 'https://github.com/evil/hello' }, /evil/],
    ['a workflow at another commit', { commit: 'd'.repeat(40) }, /dddd/],
    ['a stranger’s issuer', { issuer: 'https://accounts.example.com' }, /accounts\.example\.com/],
    ['a person and no workflow', { workflow: 'mailto:ada@example.com' }, /no workflow|not believed/],
    [
      'a statement that names another repository than its certificate',
      { statement: statementOf({}, { ...CLAIM, repository: 'https://github.com/evil/hello' }) },
      /evil/,
    ],
    [
      'a statement that names another commit',
      { statement: statementOf({}, { ...CLAIM, commit: 'e'.repeat(40) }) },
      /eeee/,
    ],
  ])('of %s is refused', async (_what, parts, problem) => {
    const judged = await judge(parts);
    expect(judged).toEqual({ ok: false, problem: expect.stringMatching(problem) as string });
  });

  it('of another authority is refused', async () => {
    const bundle = JSON.stringify(await authority.bundle({ statement: statementOf() }));
    const other = rootOf(await createAuthority());
    expect(verifyProvenance(bundle, CLAIM, other)).toMatchObject({ ok: false });
  });

  it.each<[string, (bundle: string) => string]>([
    [
      'one letter of the statement changed',
      (text) => changed(text, 'payload', (payload) => payload.replace('acme/hello', 'evil/hello')),
    ],
    ['its log entry taken away', (text) => text.replace(/"tlogEntries":\[.*?\}\]\}/, '"tlogEntries":[]}')],
    ['its end cut off', (text) => text.slice(0, -20)],
    ['its certificate broken', (text) => text.replace(/"rawBytes":"..../, '"rawBytes":"AAAA')],
    ['nothing in it', () => '{}'],
    ['no bundle', () => 'null'],
    ['a million brackets', () => '['.repeat(1_000_000)],
  ])('with %s is refused, and throws nothing', async (_what, attack) => {
    const bundle = JSON.stringify(await authority.bundle({ statement: statementOf() }));
    expect(attack(bundle)).not.toBe(bundle);
    expect(verifyProvenance(attack(bundle), CLAIM, root)).toMatchObject({ ok: false });
  });
});

function changed(bundle: string, key: string, edit: (text: string) => string): string {
  return bundle.replace(new RegExp(`"${key}":"([^"]+)"`), (_all, base64: string) => {
    const text = edit(Buffer.from(base64, 'base64').toString('utf8'));
    return `"${key}":"${Buffer.from(text).toString('base64')}"`;
  });
}

it.each(['', '{}', '[]', 'null', '{"tlogs":7}', '{"certificateAuthorities":[]}'])('%j is no trusted root', (text) => {
  expect(readTrustedRoot(text)).toBeUndefined();
});
