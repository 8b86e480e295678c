import { randomBytes } from 'node:crypto';
import { createAssets } from './assets.ts';
import { createFeed, type WidgetSource } from './feed.ts';
import { startWidgetServer, type WidgetServer } from './server.ts';

/** The page of all widgets of one daemon. Its server starts with the first widget, and ends with the loader. */
export interface WidgetHost {
  /** @returns takes the widget off the page */
  add(source: WidgetSource): Promise<() => void>;
  /** Where the page is; whoever knows it may see the page. Undefined before there was a widget. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

const INTERVAL_MS = 2_000;

export function createWidgetHost(): WidgetHost {
  const feed = createFeed({ intervalMs: INTERVAL_MS });
  let starting: Promise<WidgetServer> | undefined;
  let server: WidgetServer | undefined;
  const start = async (): Promise<WidgetServer> => {
    const token = randomBytes(24).toString('base64url');
    server = await startWidgetServer({ feed, assets: createAssets(), token });
    return server;
  };
  return {
    async add(source) {
      starting ??= start();
      try {
        await starting;
      } catch (error) {
        // The next widget may have more luck.
        starting = undefined;
        throw error;
      }
      return feed.add(source);
    },
    get url() {
      return server?.url;
    },
    async close() {
      feed.close();
      await starting?.catch(() => undefined);
      await server?.close();
    },
  };
}
