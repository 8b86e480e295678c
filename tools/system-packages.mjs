/**
 * What tests use of the system: a browser, two web servers, a Redis, two shells. Debian and its relatives have them as packages;
 * they are installed where this process may do that. Elsewhere the tests that need one say so, and how to get it.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Program → the variable that names another one, and its Debian package. */
export const SYSTEM_PROGRAMS = {
  chromium: { variable: 'CHROME_PATH', debian: 'chromium' },
  nginx: { variable: 'NGINX_PATH', debian: 'nginx' },
  caddy: { variable: 'CADDY_PATH', debian: 'caddy' },
  'redis-server': { variable: 'REDIS_SERVER_PATH', debian: 'redis-server' },
  fish: { variable: 'FISH_PATH', debian: 'fish' },
  zsh: { variable: 'ZSH_PATH', debian: 'zsh' },
};

/** @returns {string | undefined} the program's path: from its variable, else from PATH and the folders of system programs. */
export function findProgram(name, env = process.env) {
  const named = env[SYSTEM_PROGRAMS[name]?.variable ?? ''];
  if (named !== undefined && fs.existsSync(named)) return named;
  const folders = [...(env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** Installs what is missing with apt, as root on Debian; says on stderr what it could not bring. */
export function installSystemPrograms() {
  const missing = Object.keys(SYSTEM_PROGRAMS).filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((name) => SYSTEM_PROGRAMS[name].debian);
  const mayInstall = process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');
  if (mayInstall) installWithApt(packages);
  const still = missing.filter((name) => findProgram(name) === undefined);
  if (still.length > 0)
    console.error(
      `Not installed: ${still.join(', ')}. Tests that need them are skipped and say so. ` +
        `On Debian: apt-get install ${packages.join(' ')}; elsewhere set ${still.map((name) => SYSTEM_PROGRAMS[name].variable).join(', ')}.`,
    );
}

function installWithApt(packages) {
  console.log(`Installing ${packages.join(', ')} …`);
  // RUNLEVEL=1 keeps Debian's scripts from starting the servers that they bring.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...packages);
}
