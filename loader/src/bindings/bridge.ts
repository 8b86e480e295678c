import type { Binding } from './binding.ts';

/** A bridge needs nothing but its client. */
export const bridgeBinding: Binding = {
  connectsClient: true,
  attach: () => () => Promise.resolve(),
};
