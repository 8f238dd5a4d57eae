/* SPDX-License-Identifier: Apache-2.0 */
/* port_wasi.c - see port_wasi.h. */
#include "compiler/base/port_wasi.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

int wasi_fchmod(int fd, mode_t mode)
{
	(void)fd;
	(void)mode;
	return 0;
}

int wasi_fchown(int fd, uid_t owner, gid_t group)
{
	(void)fd;
	(void)owner;
	(void)group;
	return 0;
}

uid_t wasi_geteuid(void)
{
	return 0;
}

int wasi_mkstemp(char *name)
{
	(void)name;
	errno = ENOSYS;
	return -1;
}

/* Puts what the link at path names, seen from where path is, into path; false when it is no link. */
static bool follow(char path[static PATH_MAX])
{
	char target[PATH_MAX], *slash = strrchr(path, '/');
	ssize_t n = readlink(path, target, sizeof target - 1);
	size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	if (n < 0)
		return false;
	target[n] = '\0';
	if (target[0] == '/')
		folder = 0;
	if (folder + (size_t)n >= PATH_MAX)
		return false;
	memcpy(path + folder, target, (size_t)n + 1);
	return true;
}

/* Takes steps `.` behind the first one out of a path, in place. */
static void drop_dots(char *path)
{
	char *to = path;

	for (const char *at = path; *at != '\0';) {
		if (at[0] == '/' && at[1] == '.' && (at[2] == '/' || at[2] == '\0'))
			at += 2;
		else
			*to++ = *at++;
	}
	*to = '\0';
}

char *wasi_realpath(const char *path, char *unused)
{
	char full[PATH_MAX];
	struct stat st;
	int links = 0;

	(void)unused;
	if (snprintf(full, sizeof full, "%s%s", path[0] == '/' ? "" : "./", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	while (links < LINKS_MAX && follow(full))
		links++;
	if (links >= LINKS_MAX || stat(full, &st) != 0)
		return NULL;
	drop_dots(full);
	return strdup(full);
}

int wasi_execvp(const char *file, char *const *argv)
{
	(void)file;
	(void)argv;
	errno = ENOSYS;
	return -1;
}
