import { nextMessage } from '../support/relay.ts';
import { escapeTest } from '../support/escape.ts';

escapeTest('a plugin speaks under its own name only', {
  attempts: () => `
    import fs from 'node:fs';
    const note = (...message) => {
      const body = Buffer.from(JSON.stringify(message));
      const head = Buffer.alloc(9);
      head.writeUInt8(3, 0);
      head.writeUInt32BE(body.length, 5);
      fs.writeSync(3, Buffer.concat([head, body]));
    };
    export const attempts = {
      control: () => 'works',
      rename: ({ client }) => { client.agentName = 'Lead'; return client.sendMessage('Nobody', 'x'); },
      speak: ({ client }) => {
        note('client', ['sendMessage', ['Witness', 'first', 'message', { from: 'Lead', agentName: 'Lead' }]]);
        return 'sent';
      },
    };`,
  returns: { rename: true, speak: 'sent' },
  async observe({ planted }) {
    const witness = await planted.relay.connect('Witness');
    const received = nextMessage(witness);
    await planted.attempt();
    return (await received).from;
  },
  observed: 'hostile',
});
