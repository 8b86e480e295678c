import { describe, expect, it } from 'vitest';
import { toMrkdwn, toPlainText } from './mrkdwn.ts';

const names = { userName: (id: string) => (id === 'U1' ? 'Ada' : undefined), channelName: () => undefined };
const users = new Map([
  ['ada', 'U1'],
  ['ada lovelace', 'U2'],
]);
const ids = {
  userId: (name: string) => users.get(name.toLowerCase()),
  channelId: (name: string) => (name === 'dev' ? 'C1' : undefined),
};

describe('toPlainText', () => {
  it.each([
    ['<@U1> and <@U9|grace> and <@U8>', '@Ada and @grace and @U8'],
    ['<#C9|dev>', '#dev'],
    ['<!here> <!channel|channel> <!subteam^S1|@ops> <!date^1^{date}|today>', '@here @channel @ops today'],
    [
      '<mailto:a@example.com|a@example.com> <https://example.com|https://example.com>',
      'a@example.com https://example.com',
    ],
    ['&amp;lt; is &lt;', '&lt; is <'],
    ['a < b > c', 'a < b > c'],
    ['<', '<'],
  ])('reads %s', (mrkdwn, text) => {
    expect(toPlainText(mrkdwn, names)).toBe(text);
  });
});

describe('toMrkdwn', () => {
  it.each([
    ['@Ada Lovelace, hi', '<@U2>, hi'],
    ['@ada.', '<@U1>.'],
    ['mail ada@Ada.example, @nobody', 'mail ada@Ada.example, @nobody'],
    ['#dev and a#dev and #other', '<#C1> and a#dev and #other'],
    ['<@U1> <!channel> @channel', '&lt;@U1&gt; &lt;!channel&gt; @channel'],
    ['&amp;', '&amp;amp;'],
  ])('writes %s', (text, mrkdwn) => {
    expect(toMrkdwn(text, ids)).toBe(mrkdwn);
  });

  it('comes back as it was', () => {
    const text = 'a & b < c > d &lt; <@U1> <!here>';
    expect(toPlainText(toMrkdwn(text, ids), names)).toBe(text);
  });
});
