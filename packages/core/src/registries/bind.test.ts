import { describe, expect, it } from 'vitest';
import { isArError } from '../errors/index.ts';
import { bindRegistries, tokenOf, type BindOptions, type Bindings, type RegistryPlace } from './index.ts';

const PUBLIC = 'https://public.example';
const PRIVATE = 'https://private.example';
const toUrl = (written: string): string => (written.startsWith('.') ? `file:///project/${written.slice(2)}` : written);

type Registries = BindOptions['project']['registries'];

function bind(project: Registries, user?: Registries, given?: string): Bindings {
  return bindRegistries({
    given,
    givenToUrl: toUrl,
    project: { registries: project, toUrl },
    user: { registries: user, toUrl },
    fallbackUrl: PUBLIC,
  });
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function codeOf(work: () => unknown): string | undefined {
  const error = errorOf(work);
  return isArError(error) ? error.code : undefined;
}

describe('the registry for all other scopes', () => {
  it.each<[Registries, Registries, string | undefined, string]>([
    [undefined, undefined, undefined, PUBLIC],
    [undefined, { default: { url: 'https://own.example' } }, undefined, 'https://own.example'],
    [
      { default: { url: 'https://theirs.example/' } },
      { default: { url: 'https://own.example' } },
      undefined,
      'https://theirs.example',
    ],
    [{ default: { url: 'https://theirs.example' } }, undefined, 'https://given.example//', 'https://given.example'],
    [{ inner: { url: PRIVATE } }, undefined, 'inner', PRIVATE],
    [{ default: { url: './built' } }, undefined, undefined, 'file:///project/built'],
  ])('of %j, %j and %j is %s', (...[project, user, given, url]) => {
    expect(bind(project, user, given).fallback.url).toBe(url);
  });

  it('has the mirrors and the token that are declared for its address', () => {
    const entry = { url: PRIVATE, mirrors: ['https://mirror.example/'], tokenEnv: 'INNER' };
    expect(bind(undefined, { inner: entry }, `${PRIVATE}/`).fallback).toEqual({
      url: PRIVATE,
      mirrors: ['https://mirror.example'],
      tokenEnv: 'INNER',
    });
    expect(bind(undefined, { inner: entry }, `${PRIVATE}/other`).fallback.tokenEnv).toBeUndefined();
  });
});

describe('a project that names an address of the user', () => {
  const evil = { url: PRIVATE, mirrors: ['https://evil.example'], tokenEnv: 'AR_TOKEN_EVIL' };

  it.each<[string, Registries, string | undefined, RegistryPlace]>([
    ['a scope', { inner: { url: `${PRIVATE}/`, scopes: ['@acme'] } }, undefined, { url: PRIVATE, mirrors: [] }],
    [
      'a default',
      { default: { url: PRIVATE, mirrors: ['https://mirror.example'], tokenEnv: 'INNER' } },
      undefined,
      { url: PRIVATE, mirrors: ['https://mirror.example'], tokenEnv: 'INNER' },
    ],
    ['an entry', { inner: { url: PRIVATE } }, 'inner', { url: PRIVATE, mirrors: [] }],
    ['an entry by its address', { inner: { url: PRIVATE } }, PRIVATE, { url: PRIVATE, mirrors: [] }],
    ['the command line', undefined, PRIVATE, { url: PRIVATE, mirrors: [], tokenEnv: 'AR_TOKEN_EVIL' }],
  ])('adds no place and no token to it: %s', (...[_what, user, given, place]) => {
    const { fallback, scopes } = bind({ default: { ...evil, scopes: ['@acme'] } }, user, given);
    expect([fallback, scopes.get('acme')]).toEqual([place, place]);
  });

  it('has its own settings for an address that the user says nothing of', () => {
    const theirs = { inner: { ...evil, url: 'https://theirs.example', scopes: ['@theirs'] } };
    const { fallback, scopes } = bind(theirs, { inner: { url: PRIVATE } }, 'inner');
    expect(fallback).toEqual({ url: PRIVATE, mirrors: [] });
    const place = { url: 'https://theirs.example', mirrors: evil.mirrors, tokenEnv: evil.tokenEnv };
    expect([scopes.get('theirs'), bind(theirs).scopes.get('theirs')]).toEqual([place, place]);
    expect(bind({ other: { ...evil, url: 'https://theirs.example' } }, undefined, 'other').fallback).toEqual(place);
  });
});

describe('a root', () => {
  const root = 'ab'.repeat(32);

  it('is what the user says of an address, by whatever way that is asked', () => {
    const own: Registries = { inner: { url: PRIVATE, scopes: ['@acme'], root } };
    expect(bind(undefined, own).scopes.get('acme')?.root).toBe(root);
    expect(bind(undefined, own, `${PRIVATE}/`).fallback.root).toBe(root);
    expect(bind(undefined, own).fallback.root).toBeUndefined();
  });

  it('is nothing that a project can say', () => {
    const theirs: Registries = { default: { url: PRIVATE, root } };
    expect(bind(theirs).fallback.root).toBeUndefined();
    expect(bind(theirs, { inner: { url: PRIVATE } }).fallback.root).toBeUndefined();
  });
});

describe('a scope', () => {
  const bound = { inner: { url: PRIVATE, scopes: ['@acme'] } };

  it.each([undefined, 'https://given.example'])('stays with its registry where %s is given', (given) => {
    expect(bind(bound, undefined, given).scopes.get('acme')?.url).toBe(PRIVATE);
  });

  it('is bound once, to one address', () => {
    const again = { other: { url: `${PRIVATE}/`, scopes: ['@acme'], tokenEnv: 'ACME' } };
    expect(bind(bound, again).scopes.get('acme')).toMatchObject({ url: PRIVATE, tokenEnv: 'ACME' });
    const elsewhere = { other: { url: PUBLIC, scopes: ['@acme'] } };
    expect(codeOf(() => bind(bound, elsewhere))).toBe('REGISTRY_CONFLICT');
    expect(codeOf(() => bind({ ...bound, ...elsewhere }))).toBe('REGISTRY_CONFLICT');
  });
});

describe('a token', () => {
  it('that the user has for one place is not sent where a project says', () => {
    const own = { inner: { url: PRIVATE, tokenEnv: 'AR_TOKEN_ACME' } };
    expect(codeOf(() => bind({ x: { url: 'https://evil.example', tokenEnv: 'AR_TOKEN_ACME' } }, own))).toBe(
      'REGISTRY_TOKEN_REFUSED',
    );
    expect(bind({ x: { url: `${PRIVATE}/team`, tokenEnv: 'AR_TOKEN_ACME' } }, own, 'x').fallback.tokenEnv).toBe(
      'AR_TOKEN_ACME',
    );
  });

  it.each([
    [`${PRIVATE}/team`, `${PRIVATE}/evil`],
    [`${PRIVATE}/team`, PRIVATE],
    [`${PRIVATE}/team`, `${PRIVATE}/team-b`],
    [`${PRIVATE}/team`, `${PRIVATE}/team/../evil`],
    [PRIVATE, `${PRIVATE}.evil.example`],
    [PRIVATE, 'https://evil.example/https://private.example'],
    [PRIVATE, 'http://private.example'],
  ])('that the user has for %s is not sent to %s', (url, evil) => {
    const own = { inner: { url, tokenEnv: 'AR_TOKEN_ACME' } };
    const theirs = { x: { url: evil, tokenEnv: 'AR_TOKEN_ACME' } };
    expect(codeOf(() => bind(theirs, own))).toBe('REGISTRY_TOKEN_REFUSED');
  });

  it('is never part of an error', () => {
    const secret = { url: 'https://ada:s3cr3t@evil.example', scopes: ['@x'] };
    const error = errorOf(() => bind({ a: secret, b: { url: PUBLIC, scopes: ['@x'] } }));
    expect(isArError(error)).toBe(true);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('s3cr3t');
  });

  it('comes from the variable that is named for it', () => {
    const place = { url: PRIVATE, mirrors: [], tokenEnv: 'ACME' };
    expect(tokenOf(place, { ACME: 'abc\n' })).toBe('abc');
    expect(tokenOf(place, { ACME: '' })).toBeUndefined();
    expect(tokenOf({ url: PRIVATE, mirrors: [] }, { undefined: 'abc' })).toBeUndefined();
  });
});
