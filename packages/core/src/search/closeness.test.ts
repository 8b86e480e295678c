import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ENTRY } from '../../test/plain-entry.ts';
import { closenessFactor } from './closeness.ts';
import { wantedWords } from './ladder.ts';
import { searchPlugins, type SearchEntry, type SearchQuery } from './index.ts';

function entry(name: string, description: string, rest: Partial<SearchEntry> = {}): SearchEntry {
  return { ...PLAIN_ENTRY, name, description, ...rest };
}

function factor(text: string, one: SearchEntry): number {
  return closenessFactor(wantedWords(text), one);
}

function described(description: string): SearchEntry {
  return entry('@a/x', description);
}

describe('closenessFactor', () => {
  it('is more for words that stand closer together, and for those in the order of the query', () => {
    const texts = ['Send email alerts', 'Send the email', 'Send one urgent email', 'Email to send', 'Send it'];
    const factors = texts.map((text) => factor('send email', described(text)));
    expect(factors[0]).toBe(factors[1]);
    expect(factors.slice(1)).toEqual(factors.slice(1).toSorted((a, b) => b - a));
    expect(new Set(factors).size).toBe(4);
  });

  it('takes the better of name and description, and not one word from each', () => {
    const inName = factor('send email', entry('@a/send-email', 'Alerts'));
    expect(inName).toBeGreaterThan(factor('send email', entry('@a/fast-send-email', 'Alerts')));
    expect(factor('send email', entry('@a/email', 'Send alerts'))).toBe(1);
  });

  it('is more where every word has the ending that was typed, in the description or in what is short', () => {
    const plural = described('Sends emails and alerts');
    expect(factor('emails alerts', plural)).toBe(6 * factor('email alerts', plural));
    const tagged = entry('@a/alerts', 'Sends it', { tags: ['emails'] });
    expect(factor('emails alerts', tagged)).toBe(6 * factor('email alert', tagged));
    const both = entry('@a/alerts', 'Sends emails');
    expect(factor('emails alerts', both)).toBe(factor('email alert', both));
  });

  it('knows a word of a name by its beginning and with a typo', () => {
    const one = entry('@a/send-email', 'Alerts');
    expect(factor('send ema', one)).toBeGreaterThan(2);
    expect(factor('sned email', one)).toBeGreaterThan(2);
  });

  it('takes the nearest of many places, in a time that grows with the text', () => {
    const long = `${'send '.repeat(60_000)}by ${'email '.repeat(60_000)}`;
    const before = performance.now();
    expect(factor('send email', described(long))).toBe(factor('send email', described('Send email')));
    expect(factor('email send', described(long))).toBe(factor('email send', described('Send email')));
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('is a number of at least 1 whatever is asked of whatever', () => {
    const text = fc.array(fc.constantFrom('send', 'sends', 'email', 'a', 'the', '通知', 'é', ''), { maxLength: 20 });
    fc.assert(
      fc.property(text, text, text, (query, name, description) => {
        const words = wantedWords(query.join(' '));
        fc.pre(words.length > 1);
        const found = closenessFactor(words, entry(`@a/${name.join('-')}`, description.join(' ')));
        expect(found).toBeGreaterThanOrEqual(1);
        expect(found).toBeLessThan(30);
      }),
    );
  });
});

function names(entries: readonly SearchEntry[], text: string, rest: Partial<SearchQuery> = {}): readonly string[] {
  return searchPlugins(entries, { text, ...rest }).plugins.map(({ name }) => name);
}

describe('a search of several words', () => {
  it('puts what has them together first', () => {
    const apart = entry('@a/apart', 'Rate every reply, and limit them', { downloads: 900 });
    const together = entry('@a/together', 'Keep within the rate limit of a server', { downloads: 1 });
    expect(names([apart, together], 'rate limit')).toEqual(['@a/together', '@a/apart']);
  });

  it('changes the order of the first ten alone, and pages are parts of one order', () => {
    const many = Array.from({ length: 30 }, (_, at) =>
      entry(`@a/n${at}`, at % 3 === 0 ? 'rate limit' : 'limit rate', { downloads: 4 ** (at % 13) }),
    );
    const all = names(many, 'rate limit');
    const byDownloads = names(many, 'rate limit', { sort: 'downloads' });
    expect(new Set(all.slice(0, 10))).toEqual(new Set(byDownloads.slice(0, 10)));
    expect(all.slice(0, 10)).not.toEqual(byDownloads.slice(0, 10));
    for (const limit of [1, 3, 7, 10, 12]) {
      const pages = Array.from({ length: 30 }, (_, at) => names(many, 'rate limit', { limit, offset: at * limit }));
      expect(pages.flat()).toEqual(all);
    }
  });
});
