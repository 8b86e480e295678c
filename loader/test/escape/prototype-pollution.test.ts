import { expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const POLLUTED = { polluted: 'yes' };

escapeTest('what a plugin sends changes no prototype of the host', {
  attempts: () => `
    import fs from 'node:fs';
    const raw = (type, text) => {
      const body = Buffer.from(text);
      const head = Buffer.alloc(9);
      head.writeUInt8(type, 0);
      head.writeUInt32BE(body.length, 5);
      fs.writeSync(3, Buffer.concat([head, body]));
    };
    const evil = '{"__proto__":${JSON.stringify(POLLUTED)},"constructor":{"prototype":${JSON.stringify(POLLUTED)}}}';
    export const attempts = {
      control: () => 'works',
      result: () => JSON.parse(evil),
      log: ({ logger }) => logger.info('x', JSON.parse(evil)),
      rawLog: () => raw(3, '["log",["info","x",' + evil + ']]'),
      rawMetric: () => raw(3, '["metric",["counter","__proto__",1,' + evil.replace(/\\{"polluted":"yes"\\}/g, '"x"').replace(/\\{"prototype":"x"\\}/, '"x"') + ']]'),
      rawMessage: () => raw(3, '["client",["sendMessage",["Nobody","x","message",' + evil + ']]]'),
      rawTagged: () => raw(3, '["log",["info","x",{"$ar":"object","v":' + evil + '}]]'),
      rawMap: () => raw(3, '["log",["info","x",{"$ar":"map","v":[["__proto__",' + evil + ']]}]]'),
      rawError: () => raw(3, '["fault",["rejection",{"$ar":"error","v":{"message":"x","__proto__":{"polluted":"yes"}}}]]'),
      ownPrototypes: () => { Object.prototype.polluted = 'yes'; Array.prototype.then = 1; return 'own process'; },
      cleaned: () => { delete Object.prototype.polluted; delete Array.prototype.then; return 'cleaned'; },
    };`,
  returns: {
    result: expect.anything() as unknown,
    log: undefined,
    rawLog: undefined,
    rawMetric: undefined,
    rawMessage: undefined,
    rawTagged: undefined,
    rawMap: undefined,
    rawError: undefined,
    ownPrototypes: 'own process',
    cleaned: 'cleaned',
  },
  observe: ({ results }) => {
    const { result } = results as unknown as { result: { returned: object } };
    return {
      polluted: ({} as Record<string, unknown>)['polluted'],
      isPlain: Object.getPrototypeOf(result.returned) === Object.prototype,
      keys: Object.keys(result.returned),
    };
  },
  observed: { polluted: undefined, isPlain: true, keys: ['constructor'] },
});
