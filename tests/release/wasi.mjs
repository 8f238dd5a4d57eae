// SPDX-License-Identifier: Apache-2.0
// wasi.mjs - runs a WASI module as if it were a program: node wasi.mjs MODULE [ARGUMENT…]. It sees the current folder
// with those above it, and all absolute paths: one by one, because nothing leaves a folder that is given, and because
// WASI's C library takes `/` and `.` for the same.
import { readFileSync, readdirSync } from 'node:fs';
import { WASI } from 'node:wasi';

const top = readdirSync('/', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const above = process.cwd().split('/').slice(1).map((_, i) => Array(i + 1).fill('..').join('/'));
const given = [...top.map(({ name }) => ['/' + name, '/' + name]), ...above.map((path) => [path, path])];
const wasi = new WASI({
	version: 'preview1',
	args: ['hpcc', ...process.argv.slice(3)],
	env: process.env,
	preopens: { ...Object.fromEntries(given), '.': '.' },
	returnOnExit: false, // Node 20 may crash as it unwinds the exception that returning is made of
});
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
