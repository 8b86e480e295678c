import { describe, expect, it } from 'vitest';
import { findFurtherTokens } from './further-tokens.ts';

/** Put together at run time, so that no scanner takes this file for a leak. */
const part = (characters: string, length: number): string => characters.repeat(length).slice(0, length);
const TOKENS: readonly (readonly [string, string])[] = [
  ['DISCORD_BOT_TOKEN', `M${part('TA5Nz', 23)}.${part('Gx1y', 6)}.${part('k9Z-_', 38)}`],
  ['DISCORD_WEBHOOK', `https://discord.com/api/webhooks/${part('1234567', 18)}/${part('aB3-_', 68)}`],
  ['GOOGLE_API_KEY', `AIza${part('Sy0-_', 35)}`],
  ['PINECONE_API_KEY', `pcsk_${part('4aB', 6)}_${part('x9Y', 63)}`],
  ['TELEGRAM_BOT_TOKEN', `${part('7', 10)}:AA${part('Hb-_4', 33)}`],
];

describe('findFurtherTokens', () => {
  it.each(TOKENS)('finds %s where it stands', (kind, token) => {
    const text = `const token = '${token}';\n`;
    expect(findFurtherTokens(text)).toEqual([{ rule: 'further-tokens', kind, start: 15, end: 15 + token.length }]);
  });

  it.each([
    "const version = 'MNO.1.2';",
    'AIzaTooShort',
    'https://discord.com/api/webhooks/123/abc',
    'Many.words.with-dots-between-them-and-no-secret-at-all-in-any-of-them',
    '12345678:AAshort',
    'a'.repeat(100_000),
  ])('is silent about %j', (text) => {
    expect(findFurtherTokens(text)).toEqual([]);
  });
});
