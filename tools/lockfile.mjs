/** Lockfiles of npm as an installation leaves them. Plain JavaScript: nothing is installed yet. */

/**
 * Which packages an installation has locked otherwise than they were: by their paths, `node_modules/semver`.
 *
 * Optional ones may be in either lockfile alone. npm adds a binary for another platform as soon as the registry that it asks has
 * it, and mirrors lack some; what is installed here is the same with and without them.
 *
 * @param {string} before text of a lockfile
 * @param {string} after text of the one that npm wrote
 * @returns {string[]} sorted; empty where nothing has moved
 */
export function movedPackages(before, after) {
  const [old, now] = [packagesOf(before), packagesOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((path) => {
      const [was, is] = [old[path], now[path]];
      if (was && is) return JSON.stringify(was) !== JSON.stringify(is);
      return (was ?? is).optional !== true;
    })
    .toSorted();
}

function packagesOf(text) {
  return JSON.parse(text).packages;
}
