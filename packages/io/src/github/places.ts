/** Where GitHub is. */

export interface GitHubPlaces {
  /** Of the REST API, without a slash at the end. The token goes there, and to `uploadUrl`, and nowhere else. */
  readonly apiUrl: string;
  readonly uploadUrl: string;
  /** Of the pages, the git remotes and the device login. */
  readonly webUrl: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * github.com, or what the environment says: `AR_GITHUB_API`, `AR_GITHUB_UPLOADS`, `AR_GITHUB_WEB`, of which the first is
 * enough for a GitHub Enterprise Server; else what a GitHub Actions runner sets (`GITHUB_API_URL`, `GITHUB_SERVER_URL`).
 */
export function gitHubPlaces(env: Env): GitHubPlaces {
  const own = env['AR_GITHUB_API'] || undefined;
  const apiUrl = trimmed(own ?? env['GITHUB_API_URL'] ?? 'https://api.github.com');
  const server = own === undefined ? env['GITHUB_SERVER_URL'] : undefined;
  return {
    apiUrl,
    uploadUrl: trimmed(env['AR_GITHUB_UPLOADS'] || uploadsOf(apiUrl)),
    webUrl: trimmed(env['AR_GITHUB_WEB'] || server || webOf(apiUrl)),
  };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

function uploadsOf(apiUrl: string): string {
  return apiUrl.replace(/^https:\/\/api\.github\.com$/, 'https://uploads.github.com').replace(/\/v3$/, '/uploads');
}

function webOf(apiUrl: string): string {
  return apiUrl.replace(/^https:\/\/api\.github\.com$/, 'https://github.com').replace(/\/api\/v3$/, '');
}
