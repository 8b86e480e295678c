import { expect, test } from 'vitest';
import { archiveStorePath } from './store-path.ts';

test('names an archive by the hexadecimal digits of its digest', () => {
  // SHA-512 of the empty string.
  const integrity = 'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==';
  expect(archiveStorePath(integrity)).toBe(
    'sha512/cf/83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e.tgz',
  );
});

test.each(['', 'sha256-abc=', 'sha512-../../evil', `sha512-${'A'.repeat(85)}==`])(
  'makes no path of %j',
  (integrity) => {
    expect(() => archiveStorePath(integrity)).toThrow(Error);
  },
);
