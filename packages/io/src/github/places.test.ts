import { expect, it } from 'vitest';
import { gitHubPlaces } from './places.ts';

it.each([
  [
    'github.com unless something else is said',
    {},
    ['https://api.github.com', 'https://uploads.github.com', 'https://github.com'],
  ],
  [
    'an Enterprise Server by its API alone',
    { AR_GITHUB_API: 'https://git.example/api/v3/', GITHUB_SERVER_URL: 'https://other.example' },
    ['https://git.example/api/v3', 'https://git.example/api/uploads', 'https://git.example'],
  ],
  [
    'what the runner of a workflow says',
    { GITHUB_API_URL: 'https://git.example/api/v3', GITHUB_SERVER_URL: 'https://git.example' },
    ['https://git.example/api/v3', 'https://git.example/api/uploads', 'https://git.example'],
  ],
  [
    'three places that are each given',
    {
      AR_GITHUB_API: 'http://127.0.0.1:1',
      AR_GITHUB_UPLOADS: 'http://127.0.0.1:2',
      AR_GITHUB_WEB: 'http://127.0.0.1:3',
    },
    ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'],
  ],
])('is %s', (_what, env, [apiUrl, uploadUrl, webUrl]) => {
  expect(gitHubPlaces(env)).toEqual({ apiUrl, uploadUrl, webUrl });
});
