// What the standalone binary starts with. It is `ar` and, by that name, `ar-plugin`; npm links each name to a file of its own.
const path = require('node:path');

if (path.parse(process.execPath).name === 'ar-plugin') process.argv.splice(2, 0, 'plugin');
// oxlint-disable-next-line import/no-unassigned-import -- it is the program
require('../../cli/bin/ar.js');
