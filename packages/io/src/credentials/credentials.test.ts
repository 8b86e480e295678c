import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createCredentialStore,
  findToken,
  openKeychain,
  parseToken,
  type CredentialStore,
  type Keychain,
} from './index.ts';

const { signal } = new AbortController();
const HOST = 'github.com';
const TOKEN = 'gho_0123456789';

let dir: string;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-credentials-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const file = (): string => path.join(dir, 'agent-relay', 'credentials.json');

function store(keychain?: Keychain): CredentialStore {
  return createCredentialStore({ file: file(), keychain, host: HOST, signal });
}

function fakeKeychain(kept = new Map<string, string>()): Keychain & { readonly kept: Map<string, string> } {
  return {
    kept,
    read: async (account) => kept.get(account),
    write: async (account, secret) => void kept.set(account, secret),
    remove: async (account) => kept.delete(account),
  };
}

const silent = async (): Promise<never> => {
  throw new Error('no service answers');
};
const DEAF: Keychain = { read: silent, write: silent, remove: silent };

describe('a token', () => {
  it('is kept in the keychain where one answers, and then in no file', async () => {
    const keychain = fakeKeychain();
    await store().write('gho_an_older_one');
    expect(await store(keychain).write(TOKEN)).toBe('keychain');
    expect(keychain.kept).toEqual(new Map([[HOST, TOKEN]]));
    expect(fs.existsSync(file())).toBe(false);
    expect(await store(keychain).read()).toEqual({ token: TOKEN, place: 'keychain' });
  });

  it('is kept in a file of its owner where none answers', async () => {
    expect(await store(DEAF).write(TOKEN)).toBe('file');
    expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
    expect(await store(DEAF).read()).toEqual({ token: TOKEN, place: 'file' });
    expect(fs.readdirSync(path.dirname(file()))).toEqual(['credentials.json']);
  });

  it('replaces one in a file that others could read', async () => {
    fs.mkdirSync(path.dirname(file()), { recursive: true });
    fs.writeFileSync(file(), '{"schemaVersion":1,"tokens":{}}', { mode: 0o644 });
    await store().write(TOKEN);
    expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('is gone from everywhere once it is removed', async () => {
    const keychain = fakeKeychain(new Map([[HOST, TOKEN]]));
    await store(DEAF).write(TOKEN);
    expect(await store(keychain).remove()).toEqual({ removedFrom: ['keychain', 'file'], keychain: 'asked' });
    expect(await store(keychain).read()).toBeUndefined();
    expect(await store(keychain).remove()).toEqual({ removedFrom: [], keychain: 'asked' });
  });

  it('may still be in a keychain that does not answer, and is in none where there is none', async () => {
    expect(await store(DEAF).remove()).toEqual({ removedFrom: [], keychain: 'unanswered' });
    expect(await store().remove()).toEqual({ removedFrom: [], keychain: 'none' });
    await store().write(TOKEN);
    expect(await store(DEAF).remove()).toEqual({ removedFrom: ['file'], keychain: 'unanswered' });
  });

  it.each(['', '[]', '{"tokens":3}', '{"tokens":{"github.com":3}}', 'no JSON'])(
    'is not read from a file with %s',
    async (text) => {
      fs.mkdirSync(path.dirname(file()), { recursive: true });
      fs.writeFileSync(file(), text);
      await expect(store().read()).rejects.toMatchObject({ code: 'FILE_INVALID' });
      await expect(store().write(TOKEN)).rejects.toMatchObject({ code: 'FILE_INVALID' });
      expect(fs.readFileSync(file(), 'utf8')).toBe(text);
    },
  );

  it('is not asked for in a keychain after an interruption', async () => {
    const aborted = { file: file(), keychain: DEAF, host: HOST, signal: AbortSignal.abort() };
    await expect(createCredentialStore(aborted).read()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

it.runIf(process.platform === 'linux')('no keychain is there without a session bus to reach it by', async () => {
  expect(await openKeychain({ XDG_RUNTIME_DIR: dir })).toBeUndefined();
  fs.writeFileSync(path.join(dir, 'bus'), '');
  for (const env of [{ XDG_RUNTIME_DIR: dir }, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${dir}/none` }]) {
    const keychain = await openKeychain(env);
    expect(keychain).toBeDefined();
  }
});

describe('looking for a token', () => {
  const env = { PATH: '/nowhere' };
  const find = (variables: Readonly<Record<string, string>> = {}, keychain?: Keychain) =>
    findToken({ env: { ...env, ...variables }, store: store(keychain), host: HOST, signal });

  it('takes GITHUB_TOKEN before GH_TOKEN before what is kept', async () => {
    const keychain = fakeKeychain(new Map([[HOST, 'gho_kept_token']]));
    const both = { GITHUB_TOKEN: 'ghp_first_token', GH_TOKEN: 'ghp_second_token' };
    expect(await find(both, keychain)).toEqual({ token: 'ghp_first_token', source: 'GITHUB_TOKEN' });
    expect(await find({ ...both, GITHUB_TOKEN: '' }, keychain)).toMatchObject({ source: 'GH_TOKEN' });
    expect(await find({}, keychain)).toEqual({ token: 'gho_kept_token', source: 'keychain' });
  });

  it('finds none where there is none, and no gh', async () => {
    expect(await find()).toBeUndefined();
  });

  it('says where one comes from that is none', async () => {
    const wrong = find({ GITHUB_TOKEN: 'two words of it' });
    await expect(wrong).rejects.toMatchObject({ code: 'TOKEN_INVALID', facts: { source: 'GITHUB_TOKEN' } });
  });
});

describe('a text', () => {
  it('is a token without the white space around it', () => {
    expect(parseToken(` ${TOKEN}\r\n`, 'x')).toBe(TOKEN);
  });

  it.each(['', 'short', 'a b c d e f g h', `${TOKEN}\nx-header: 1`, 'tökentöken', 'x'.repeat(501)])(
    'is none: %j',
    (text) => {
      expect(() => parseToken(text, 'x')).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }));
    },
  );
});
