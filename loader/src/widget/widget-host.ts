import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAssets } from './assets.ts';
import { createFeed, type WidgetSource } from './feed.ts';
import { startWidgetServer, type WidgetServer } from './server.ts';

/** The page of all widgets of one daemon. Its server starts with the first widget, and ends with the loader. */
export interface WidgetHost {
  /** No widget waits for the page: nobody can look at it yet. @returns takes the widget off the page */
  add(source: WidgetSource): () => void;
  /**
   * Where the page is; whoever knows it may see the page. Settles when the server listens; undefined before there was a
   * widget, and where it cannot listen. Never rejects.
   */
  readonly url: Promise<string | undefined>;
  close(): Promise<void>;
}

export interface WidgetHostPorts {
  /** Is told why there is no page. */
  readonly onFault: (error: unknown) => void;
  /** Starts the server; one on the loopback interface unless given. */
  readonly startServer?: typeof startWidgetServer;
}

const INTERVAL_MS = 2_000;

export function createWidgetHost({ onFault, startServer = startWidgetServer }: WidgetHostPorts): WidgetHost {
  const feed = createFeed({ intervalMs: INTERVAL_MS });
  let starting: Promise<WidgetServer | undefined> | undefined;
  let isClosed = false;
  const start = async (): Promise<WidgetServer | undefined> => {
    // To begin to listen takes longer than to load a small widget, which is under way in this turn.
    await nextTurn();
    if (isClosed) return undefined;
    try {
      return await startServer({ feed, assets: createAssets(), token: randomBytes(24).toString('base64url') });
    } catch (error) {
      // The next widget may have more luck.
      starting = undefined;
      onFault(error);
      return undefined;
    }
  };
  return {
    add(source) {
      starting ??= start();
      return feed.add(source);
    },
    get url() {
      return Promise.resolve(starting).then((server) => server?.url);
    },
    async close() {
      isClosed = true;
      feed.close();
      await (await starting)?.close();
    },
  };
}
