import { expect, test } from 'vitest';
import { createQuietConsole } from './quiet-console.ts';

test('prints clean text, and none of the lines that repeat messages', () => {
  const written: string[] = [];
  const quiet = createQuietConsole((text) => void written.push(text));
  quiet.log('\u001b[31mred\u0007', { a: 1 });
  quiet.error('wrong');
  quiet.log('[relay-client:slack] Received DELIVER from Alice: "a secret..."');
  quiet.log('[connection] Send to Bob blocked');
  quiet.log('[daemon] kept');
  expect(written).toEqual(['red { a: 1 }\n', 'wrong\n', '[daemon] kept\n']);
});
