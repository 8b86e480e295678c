import { expect, test } from 'vitest';
import { checkEntryType } from './entry-type.ts';

test.each(['0', '\0', '5'])('accepts the type flag %j', (flag) => {
  expect(checkEntryType(flag, 'package/a')).toBeUndefined();
});

test.each(['1', '2', '3', '4', '6', '7', 'D', 'K', 'M', 'S', 'V', 'x', 'g', 'L', '', '\u001b', '__proto__'])(
  'refuses the type flag %j and names the entry',
  (flag) => {
    expect(checkEntryType(flag, 'package/evil')).toContain('package/evil');
  },
);

test('shows nothing of a hostile flag or name that a terminal would obey', () => {
  expect(checkEntryType('\u001b', 'package/\u001b[2J')).not.toContain('\u001b');
});
