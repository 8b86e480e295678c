/**
 * The registry's API as a Cloudflare Worker: the request handler of `ar-registry serve`, reading the same files through the
 * binding `ASSETS`. `npm run build` makes one file of it, `scripts/bundle/worker.js`.
 *
 * Web-standard but for one thing: search files of a large registry are gzip, which the web unpacks as a stream alone and
 * this program at once, so it takes Node's from `nodejs_compat`.
 */
import { unpackSearchFile } from '@ar-registry/io/api-client';
import { createApp } from '../stages/serve/app.ts';
import { createAssetFiles, type AssetFetcher } from './asset-files.ts';

interface Environment {
  readonly ASSETS: AssetFetcher;
}

type Answer = (request: Request) => Response | Promise<Response>;

/** One for each binding: it holds the search index between requests. */
const answers = new WeakMap<AssetFetcher, Answer>();

function answerOf(assets: AssetFetcher): Answer {
  const known = answers.get(assets);
  if (known) return known;
  // What a Worker says is compressed, its runtime compresses: it would be done twice.
  const { fetch } = createApp(createAssetFiles(assets, unpackSearchFile), { compresses: false });
  const answer: Answer = (request) => fetch(request);
  answers.set(assets, answer);
  return answer;
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: (request: Request, { ASSETS }: Environment): Response | Promise<Response> => answerOf(ASSETS)(request),
};
