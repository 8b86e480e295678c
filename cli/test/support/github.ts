/** GitHub for the command line under test. */
import type { GitHubDouble } from '@ar-registry/testing/github';

/** Where the double is; and no keychain, since that of the machine is not the test's. */
export function gitHubEnv(double: GitHubDouble, token?: string): Readonly<Record<string, string>> {
  return {
    AR_GITHUB_API: double.apiUrl,
    AR_GITHUB_UPLOADS: double.uploadUrl,
    AR_GITHUB_WEB: double.webUrl,
    AR_KEYCHAIN: 'off',
    ...(token === undefined ? {} : { GITHUB_TOKEN: token }),
  };
}
