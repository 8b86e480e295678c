import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const TOKENS = { slackBotToken: 'xoxb-1', slackAppToken: 'xapp-1' };

describe('parseConfig', () => {
  it('reads text and lists alike', () => {
    const channels = [
      { slack: '#dev', relay: '#builds' },
      { slack: 'C0123ABCD', relay: '#ops' },
      { slack: '#all', relay: '#all' },
    ];
    for (const slackChannels of ['#dev=#builds, C0123ABCD=#ops,#all', ['#dev=#builds', 'C0123ABCD=#ops', '#all']])
      expect(parseConfig({ ...TOKENS, slackChannels, slackUsers: 'U0123ABCD=Ada L' })).toMatchObject({
        channels,
        users: new Map([['U0123ABCD', 'Ada L']]),
        apiUrl: 'https://slack.com/api/',
        queueSize: 1000,
      });
  });

  it.each([
    [{ slackBotToken: 'xoxp-secret' }, /SLACK_BOT_TOKEN/],
    [{ slackAppToken: undefined }, /SLACK_APP_TOKEN/],
    [{ slackChannels: 'C0123ABCD' }, /SLACK_CHANNELS/],
    [{ slackChannels: '#a=#x,#b=#x' }, /twice/],
    [{ slackUsers: 'Ada=U0123ABCD' }, /SLACK_USERS/],
    [{ defaultChannel: 'general' }, /DEFAULT_CHANNEL/],
    [{ slackApiUrl: 'https://user:secret@example.com' }, /SLACK_API_URL/],
    [{ slackQueueSize: '0' }, /SLACK_QUEUE_SIZE/],
    [{ slackEventsPort: 3000, slackSigningSecret: 'x' }, /SLACK_SIGNING_SECRET/],
  ])('refuses %j without telling the value', (values, message) => {
    const parse = (): unknown => parseConfig({ ...TOKENS, ...values });
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/secret@|xoxp/);
  });
});
