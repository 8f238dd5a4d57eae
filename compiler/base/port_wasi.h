/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_wasi.h - what port.c and port_write.c need of POSIX and WASI's C library leaves out; only there when hpcc is
 * built as a WebAssembly module. The functions do what POSIX says as far as a sandbox has it: there are no users,
 * modes or other programs.
 */
#ifndef HPCC_PORT_WASI_H
#define HPCC_PORT_WASI_H

#include <sys/types.h>

#define fchmod wasi_fchmod
#define fchown wasi_fchown
#define geteuid wasi_geteuid
#define mkstemp wasi_mkstemp
#define realpath wasi_realpath
#define execvp wasi_execvp

/* Succeeds and does nothing: files have no modes, the host decides. */
int wasi_fchmod(int fd, mode_t mode);
/* Succeeds and does nothing: files have no owners. */
int wasi_fchown(int fd, uid_t owner, gid_t group);
/* Zero, as the owner of every file is: there are no users. */
uid_t wasi_geteuid(void);
/* Fails always: a file without a name is for another program, and there is none. */
int wasi_mkstemp(char *name);
/*
 * As realpath(3) with NULL, but only the last part of the path is followed when it is a link, and a relative path
 * begins with "./" afterwards. The caller frees it.
 */
char *wasi_realpath(const char *path, char *unused);
/* Fails always. */
int wasi_execvp(const char *file, char *const *argv);

#endif
