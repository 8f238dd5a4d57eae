// SPDX-License-Identifier: Apache-2.0
// wasi.mjs - runs a WASI module as if it were a program: node wasi.mjs MODULE [ARGUMENT…]. It sees the current folder
// and all absolute paths: one by one, because WASI's C library takes `/` and `.` for the same.
import { readFileSync, readdirSync } from 'node:fs';
import { WASI } from 'node:wasi';

const top = readdirSync('/', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const wasi = new WASI({
	version: 'preview1',
	args: ['hpcc', ...process.argv.slice(3)],
	env: process.env,
	preopens: { ...Object.fromEntries(top.map(({ name }) => ['/' + name, '/' + name])), '.': '.' },
	returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
