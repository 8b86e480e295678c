import { escapeTest } from '../support/escape.ts';

/** Lines that the daemon writes itself about what a plugin does count as the plugin's. */
escapeTest('a plugin that fails as often as it can fills its log no faster than one that prints', {
  attempts: () => `
    const unprintable = { toString: 1, valueOf: 1 };
    export const attempts = {
      metrics: ({ metrics }) => { for (let i = 0; i < 5_000; i += 1) metrics.counter('x', 1, { a: unprintable }); return 'told'; },
      broadcasts: ({ daemon }) => { for (let i = 0; i < 5_000; i += 1) daemon.broadcastSystemMessage('x', { a: 'b' }); return 'told'; },
      rejections: () => { for (let i = 0; i < 5_000; i += 1) Promise.reject(new Error('x')); return 'told'; },
      control: () => 'works',
    };`,
  returns: { metrics: 'told', broadcasts: 'told', rejections: 'told' },
  // A second may begin twice meanwhile.
  observe: ({ planted }) => planted.log().split('\n').length < 1_700,
  observed: true,
});
