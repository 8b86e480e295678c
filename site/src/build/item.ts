/** What is asked of a thread that renders. */
import type { PluginName } from '@ar-registry/schemas';
import type { PageData } from '../data/page-data.ts';

export type Item =
  | { readonly kind: 'page'; /** Site path. */ readonly path: string; readonly data?: PageData }
  /** An Open Graph card; of the registry where there is no plugin. */
  | { readonly kind: 'card'; readonly plugin: PluginName | undefined };

/** Items that are made of the same documents, by one thread. They are put together when they are asked for: not all at once. */
export type Group = () => readonly Item[];
