// What npm runs once the package is installed: puts the standalone binary of this system, where there is one, in the place
// of the scripts that npm links as `ar` and `ar-plugin`. Those go on working where it is not there, does not run here, or
// where installation scripts are switched off, so nothing that fails here is an error.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { version } = require('./self.js');

const NAMES = ['ar', 'ar-plugin'];

// On Windows npm makes `ar.cmd`, which starts Node.js whatever the file is.
if (process.platform !== 'win32') useBinary();

function useBinary() {
  try {
    const own = require.resolve(`@ar-registry/cli-${process.platform}-${process.arch}/package.json`);
    const binary = path.join(path.dirname(own), 'ar');
    const said = execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 });
    if (said !== `ar ${version()} (agent-relay plugins)\n`) return;
    for (const name of NAMES) replace(path.join(__dirname, name), binary);
  } catch {
    // The scripts are there.
  }
}

/** At no moment is there none. */
function replace(file, binary) {
  const beside = `${file}.${process.pid}`;
  try {
    fs.linkSync(binary, beside);
  } catch {
    fs.copyFileSync(binary, beside); // another file system, or one without links
  }
  fs.renameSync(beside, file);
}
