import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TERMS_LENGTH, MAX_TERM_WORDS, normalizeTerms } from './terms.ts';

/** Of UTF-16, lone surrogates too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCodePoint(unit));

describe('normalizeTerms', () => {
  test.each([
    ['slack', 'slack'],
    ['  Slack   Bridge ', 'slack bridge'],
    ['@ar/slack-bridge', '@ar/slack-bridge'],
    ['@acme', '@acme'],
    ['PostgreSQL 16', 'postgresql 16'],
    ['k8s i18n oauth2', 'k8s i18n oauth2'],
    ['sha256 base64 ed25519', undefined],
    ['ed25519', 'ed25519'],
    ['openAIChatGPT', 'openaichatgpt'],
    ['internationalization', 'internationalization'],
    ['secret scanner', 'secret scanner'],
    ['token-budget', 'token-budget'],
    ['ｓｌａｃｋ', 'slack'],
    ['メモリ 検索', 'メモリ 検索'],
    ['größe', 'größe'],
  ])('makes %j into %j', (text, terms) => {
    expect(normalizeTerms(text)).toBe(terms);
  });

  test.each([
    ['nothing', ['', '   ', '\t']],
    ['a sentence', ['how to reach john smith', 'a b c d', 'memory of the whole company and of its customers']],
    ['a mail address', ['jo@example.org', 'jo@example', 'jo＠example', 'mailto:jo@example.org', 'slack jo@acme']],
    ['a path', ['/home/jo', './secrets', '~/keys', 'C:\\Users\\jo', 'acme/private', 'src/main', '@a/b/c', 'notes.txt']],
    [
      'a URL or a host',
      ['https://acme.example', 'acme.internal', 'www.acme.com', 'localhost:8080', '10.0.0.1', 'fe80::1'],
    ],
    [
      'a secret',
      [
        'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
        'AKIAIOSFODNN7EXAMPLE',
        'xoxb-abcdefghijkl',
        'sk-proj-abcdefgh',
        'eyJhbGciOiJIUzI1NiJ9',
        'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
        '550e8400-e29b-41d4-a716-446655440000',
        'password hunter2',
        'API_KEY=abc',
        'aBcDeFgHiJkL',
        'q7f2k9x1',
        'xkcdqwrtplkj',
        'correcthorsebatterystaple',
      ],
    ],
    ['a number of a person', ['555 123 4567', '+49 30 901820', '4111-1111-1111-1111', '1985-04-12']],
    [
      'an option or a control',
      ['--token', '-p', 'slack\u001b[31m', 'sla\u200bck', 'a\nb', 'slack\u0000', 'a+b', '$HOME'],
    ],
    ['more than anybody types', ['a'.repeat(1_000_000)]],
  ])('tells nothing of what is or holds %s', (_, texts) => {
    expect(texts.map((text) => [text.slice(0, 60), normalizeTerms(text)])).toEqual(
      texts.map((text) => [text.slice(0, 60), undefined]),
    );
  });

  test('changes nothing of what it made', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9é日ßİ-]{1,9}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
          fc.string({ unit: anyUnit }),
        ),
        (text) => {
          const terms = normalizeTerms(text);
          expect(terms === undefined ? undefined : normalizeTerms(terms)).toBe(terms);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('lets only few short words of letters, digits and names pass, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: anyUnit }), fc.webUrl(), fc.emailAddress()),
        (text) => {
          const terms = normalizeTerms(text);
          if (terms === undefined) return;
          expect(terms).toMatch(/^[\p{L}\p{M}\p{N} @/-]+$/u);
          expect(terms.length).toBeLessThanOrEqual(MAX_TERMS_LENGTH);
          expect(terms.split(' ').length).toBeLessThanOrEqual(MAX_TERM_WORDS);
          expect(encodeURIComponent(terms)).not.toMatch(/[&=?#+]/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('tells nothing where a token, a mail address, a path or a URL stands in it', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{24,64}$/);
    const token = fc.oneof(
      hex,
      fc.stringMatching(/^ghp_[A-Za-z0-9]{36}$/),
      fc.stringMatching(/^AKIA[A-Z0-9]{15}[0-9]$/),
      fc.stringMatching(/^xox[abprs]-[0-9]{10,13}-[A-Za-z0-9]{24}$/),
      fc.stringMatching(/^sk-[A-Za-z0-9]{20,48}$/),
      fc.stringMatching(/^npm_[A-Za-z0-9]{36}$/),
      fc.base64String({ minLength: 32 }),
      fc.uuid(),
    );
    const path = fc.stringMatching(/^(?:\/|~\/|\.\.?\/|[A-Z]:\\)[a-z0-9/]{1,20}$/);
    const held = fc.oneof(token, path, fc.emailAddress(), fc.webUrl(), fc.domain(), fc.ipV4(), fc.ipV6());
    const words = fc.array(fc.constantFrom('slack', 'memory', '@ar/x'), { maxLength: 1 });
    fc.assert(
      fc.property(words, held, words, (before, secret, after) => {
        expect(normalizeTerms([...before, secret, ...after].join(' '))).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });
});
