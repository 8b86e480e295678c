#!/usr/bin/env node
// `ar-plugin install x` is `ar plugin install x`, for those who keep the archiver's `ar` first in PATH.
require('./start.js').start(['plugin', ...process.argv.slice(2)]);
